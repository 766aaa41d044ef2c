package import JSON

/// Something that happened to an object, told to people.
///
/// There are as many as pods: a copy is two references, whose targets are shared until they change.
@dynamicMemberLookup
package struct Event: KubernetesObject {
  package static let resource = ResourceType(
    kind: "Event", plural: "events", shortNames: ["ev"])
  private static let nothing = Shared(EventContent())

  package var metadata = ObjectMeta()
  @usableFromInline package var content = Event.nothing

  package init() {}

  package init(metadata: ObjectMeta, content: EventContent) {
    self.metadata = metadata
    self.content = Shared(content)
  }

  package mutating func readBody(_ fields: FieldReader) throws {
    var content = EventContent()
    try content.read(fields)
    self.content = Shared(content)
  }

  package func writeBody(to object: inout JSONObject) { content.value.write(to: &object) }

  /// A member of the content; setting it gives this copy a content of its own.
  @inlinable
  package subscript<Member>(dynamicMember path: WritableKeyPath<EventContent, Member>) -> Member {
    _read { yield content.value[keyPath: path] }
    _modify { yield &content.value[keyPath: path] }
  }
}

/// What an event tells.
package struct EventContent: Equatable, Sendable {
  package var involvedObject = ObjectReference()
  package var reason = ""
  package var message = ""
  package var source = EventSource()
  package var firstTimestamp: Timestamp?
  package var lastTimestamp: Timestamp?
  package var count = 0
  package var type = ""
  package var eventTime: String?
  package var series: JSONValue?
  package var action = ""
  package var related: ObjectReference?
  package var reportingComponent = ""
  package var reportingInstance = ""

  package init() {}

  fileprivate mutating func read(_ fields: FieldReader) throws {
    involvedObject = try fields.nested("involvedObject") ?? ObjectReference()
    reason = try fields.text("reason")
    message = try fields.text("message")
    source = try fields.nested("source") ?? EventSource()
    firstTimestamp = try fields.timestamp("firstTimestamp")
    lastTimestamp = try fields.timestamp("lastTimestamp")
    count = try fields.int("count") ?? 0
    type = try fields.text("type")
    eventTime = try fields.microTime("eventTime")
    series = fields.value("series")
    action = try fields.text("action")
    related = try fields.nested("related")
    reportingComponent = try fields.text("reportingComponent")
    reportingInstance = try fields.text("reportingInstance")
  }

  fileprivate func write(to object: inout JSONObject) {
    object["involvedObject"] = involvedObject.json
    object.putText("reason", reason)
    object.putText("message", message)
    object["source"] = source.json
    object["firstTimestamp"] = firstTimestamp.map { .string($0.description) } ?? .null
    object["lastTimestamp"] = lastTimestamp.map { .string($0.description) } ?? .null
    object.putCount("count", count)
    object.putText("type", type)
    object["eventTime"] = eventTime.map { .string($0) } ?? .null
    object.put("series", json: series)
    object.putText("action", action)
    object.put("related", related)
    object.put("reportingComponent", reportingComponent)
    object.put("reportingInstance", reportingInstance)
  }
}

/// Who tells.
package struct EventSource: JSONConvertible {
  package var component = ""
  package var host = ""

  package init() {}

  package init(_ fields: FieldReader) throws {
    component = try fields.text("component")
    host = try fields.text("host")
  }

  package func write(to object: inout JSONObject) {
    object.putText("component", component)
    object.putText("host", host)
  }
}
