package import KubernetesAPI

extension APIServer {
  /// The object, nil if there is none.
  package func find<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String
  ) -> Object? {
    table(type)[ObjectKey(namespace, name)]
  }

  /// An object that came from the store as it is now, nil once it is gone.
  func current<Object: KubernetesObject>(_ object: Object) -> Object? {
    current(Object.self, place: object.metadata.place, uid: object.metadata.uid)
  }

  /// The object of a uid that was given out with a place.
  func current<Object: KubernetesObject>(
    _ type: Object.Type, place: Int32, uid: String
  ) -> Object? {
    guard place >= 0, let object = table(type).record(place: Int(place))?.object,
      object.metadata.uid == uid
    else { return nil }
    return object
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
