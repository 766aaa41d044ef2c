package import JSON

/// What is measured and the value it should have.
package struct MetricSpec: JSONConvertible {
  /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
  package var type = ""
  package var object: ObjectMetricSource?
  package var pods: PodsMetricSource?
  package var resource: ResourceMetricSource?
  package var containerResource: ContainerResourceMetricSource?
  package var external: ExternalMetricSource?

  package init() {}

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    object = try fields.nested("object")
    pods = try fields.nested("pods")
    resource = try fields.nested("resource")
    containerResource = try fields.nested("containerResource")
    external = try fields.nested("external")
  }

  package func write(to object: inout JSONObject) {
    object.put("type", type)
    object.put("object", self.object)
    object.put("pods", pods)
    object.put("resource", resource)
    object.put("containerResource", containerResource)
    object.put("external", external)
  }
}

extension MetricSpec {
  /// The CPU use of all pods together, in percent of what they request.
  package static func cpuUtilization(percent: Int) -> MetricSpec {
    var resource = ResourceMetricSource()
    resource.name = "cpu"
    resource.target.type = "Utilization"
    resource.target.averageUtilization = percent
    var metric = MetricSpec()
    metric.type = "Resource"
    metric.resource = resource
    return metric
  }
}

/// The value that a metric should have.
package struct MetricTarget: JSONConvertible {
  /// `Utilization`, `Value` or `AverageValue`.
  package var type = ""
  package var value: Quantity?
  package var averageValue: Quantity?
  package var averageUtilization: Int?

  package init() {}

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    value = try fields.quantity("value")
    averageValue = try fields.quantity("averageValue")
    averageUtilization = try fields.int("averageUtilization")
  }

  package func write(to object: inout JSONObject) {
    object.put("type", type)
    object.put("value", value)
    object.put("averageValue", averageValue)
    object.put("averageUtilization", averageUtilization)
  }
}

/// A metric's name and labels.
package struct MetricIdentifier: JSONConvertible {
  package var name = ""
  package var selector: LabelSelector?

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    selector = try fields.nested("selector")
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object.put("selector", selector)
  }
}

/// A resource of the pods.
package struct ResourceMetricSource: JSONConvertible {
  package var name = ""
  package var target = MetricTarget()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    target = try fields.nested("target") ?? MetricTarget()
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object["target"] = target.json
  }
}

/// A resource of one container of the pods.
package struct ContainerResourceMetricSource: JSONConvertible {
  package var name = ""
  package var container = ""
  package var target = MetricTarget()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    container = try fields.text("container")
    target = try fields.nested("target") ?? MetricTarget()
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object.put("container", container)
    object["target"] = target.json
  }
}

/// A custom metric of the pods.
package struct PodsMetricSource: JSONConvertible {
  package var metric = MetricIdentifier()
  package var target = MetricTarget()

  package init() {}

  package init(_ fields: FieldReader) throws {
    metric = try fields.nested("metric") ?? MetricIdentifier()
    target = try fields.nested("target") ?? MetricTarget()
  }

  package func write(to object: inout JSONObject) {
    object["metric"] = metric.json
    object["target"] = target.json
  }
}

/// A custom metric of another object.
package struct ObjectMetricSource: JSONConvertible {
  package var describedObject = CrossVersionObjectReference()
  package var target = MetricTarget()
  package var metric = MetricIdentifier()

  package init() {}

  package init(_ fields: FieldReader) throws {
    describedObject = try fields.nested("describedObject") ?? CrossVersionObjectReference()
    target = try fields.nested("target") ?? MetricTarget()
    metric = try fields.nested("metric") ?? MetricIdentifier()
  }

  package func write(to object: inout JSONObject) {
    object["describedObject"] = describedObject.json
    object["target"] = target.json
    object["metric"] = metric.json
  }
}

/// A metric from outside the cluster.
package struct ExternalMetricSource: JSONConvertible {
  package var metric = MetricIdentifier()
  package var target = MetricTarget()

  package init() {}

  package init(_ fields: FieldReader) throws {
    metric = try fields.nested("metric") ?? MetricIdentifier()
    target = try fields.nested("target") ?? MetricTarget()
  }

  package func write(to object: inout JSONObject) {
    object["metric"] = metric.json
    object["target"] = target.json
  }
}

/// The last value of a metric.
package struct MetricStatus: JSONConvertible {
  package var type = ""
  package var object: ObjectMetricStatus?
  package var pods: PodsMetricStatus?
  package var resource: ResourceMetricStatus?
  package var containerResource: ContainerResourceMetricStatus?
  package var external: ExternalMetricStatus?

  package init() {}

  package init(_ fields: FieldReader) throws {
    type = try fields.text("type")
    object = try fields.nested("object")
    pods = try fields.nested("pods")
    resource = try fields.nested("resource")
    containerResource = try fields.nested("containerResource")
    external = try fields.nested("external")
  }

  package func write(to object: inout JSONObject) {
    object.put("type", type)
    object.put("object", self.object)
    object.put("pods", pods)
    object.put("resource", resource)
    object.put("containerResource", containerResource)
    object.put("external", external)
  }
}

extension MetricStatus {
  /// Whether both tell of the same resource, and of nothing else, the same values: a look that most
  /// pairs of statuses need no further.
  package func tellsSameResource(as other: MetricStatus) -> Bool {
    type == other.type && tellsResourceOnly && other.tellsResourceOnly
      && resource == other.resource
  }

  private var tellsResourceOnly: Bool {
    resource != nil && object == nil && pods == nil && containerResource == nil && external == nil
  }
}

/// A value in the forms that were computed.
package struct MetricValueStatus: JSONConvertible {
  package var value: Quantity?
  package var averageValue: Quantity?
  package var averageUtilization: Int?

  package init() {}

  package init(_ fields: FieldReader) throws {
    value = try fields.quantity("value")
    averageValue = try fields.quantity("averageValue")
    averageUtilization = try fields.int("averageUtilization")
  }

  package func write(to object: inout JSONObject) {
    object.put("value", value)
    object.put("averageValue", averageValue)
    object.put("averageUtilization", averageUtilization)
  }
}

/// The last value of a resource.
package struct ResourceMetricStatus: JSONConvertible {
  package var name = ""
  package var current = MetricValueStatus()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    current = try fields.nested("current") ?? MetricValueStatus()
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object["current"] = current.json
  }
}

/// The last value of a container's resource.
package struct ContainerResourceMetricStatus: JSONConvertible {
  package var name = ""
  package var container = ""
  package var current = MetricValueStatus()

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    container = try fields.text("container")
    current = try fields.nested("current") ?? MetricValueStatus()
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    object.put("container", container)
    object["current"] = current.json
  }
}

/// The last value of a pods metric.
package struct PodsMetricStatus: JSONConvertible {
  package var metric = MetricIdentifier()
  package var current = MetricValueStatus()

  package init() {}

  package init(_ fields: FieldReader) throws {
    metric = try fields.nested("metric") ?? MetricIdentifier()
    current = try fields.nested("current") ?? MetricValueStatus()
  }

  package func write(to object: inout JSONObject) {
    object["metric"] = metric.json
    object["current"] = current.json
  }
}

/// The last value of an object metric.
package struct ObjectMetricStatus: JSONConvertible {
  package var metric = MetricIdentifier()
  package var current = MetricValueStatus()
  package var describedObject = CrossVersionObjectReference()

  package init() {}

  package init(_ fields: FieldReader) throws {
    metric = try fields.nested("metric") ?? MetricIdentifier()
    current = try fields.nested("current") ?? MetricValueStatus()
    describedObject = try fields.nested("describedObject") ?? CrossVersionObjectReference()
  }

  package func write(to object: inout JSONObject) {
    object["metric"] = metric.json
    object["current"] = current.json
    object["describedObject"] = describedObject.json
  }
}

/// The last value of an external metric.
package struct ExternalMetricStatus: JSONConvertible {
  package var metric = MetricIdentifier()
  package var current = MetricValueStatus()

  package init() {}

  package init(_ fields: FieldReader) throws {
    metric = try fields.nested("metric") ?? MetricIdentifier()
    current = try fields.nested("current") ?? MetricValueStatus()
  }

  package func write(to object: inout JSONObject) {
    object["metric"] = metric.json
    object["current"] = current.json
  }
}
