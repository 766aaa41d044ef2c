package import KubernetesAPI

extension APIServer {
  /// The object, nil if there is none.
  package func find<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String
  ) -> Object? {
    table(type)[ObjectKey(namespace, name)]
  }

  /// The object; throws 404 if there is none.
  package func get<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String
  ) throws(StatusError) -> Object {
    guard let object = find(type, namespace, name) else {
      throw .notFound(Object.resource, name)
    }
    return object
  }

  /// The objects of a namespace, or of all, in order of namespace and name.
  package func list<Object: KubernetesObject>(
    _ type: Object.Type, namespace: String? = nil, labels: LabelQuery? = nil
  ) -> [Object] {
    var result: [Object] = []
    table(type).forEach(namespace: namespace) { _, object in
      if let labels, !labels.matches(object.metadata.labels) { return }
      result.append(object)
    }
    return result
  }

  /// The number of objects of a kind.
  package func count<Object: KubernetesObject>(_ type: Object.Type) -> Int {
    table(type).count
  }

  /// Calls `body` for each object of a kind, in order of namespace and name.
  package func forEach<Object: KubernetesObject>(_ type: Object.Type, _ body: (Object) -> Void) {
    table(type).forEach(namespace: nil) { body($1) }
  }
}
