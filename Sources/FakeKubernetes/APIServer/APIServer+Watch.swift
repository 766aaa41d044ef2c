package import JSON
package import KubernetesAPI

/// One event of a watch.
package struct WatchEvent: Equatable {
  /// What a watch tells.
  package enum Kind: String, Sendable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
    case bookmark = "BOOKMARK"
  }

  package var kind: Kind
  /// The object; of a bookmark only its kind and version.
  package var object: JSONValue

  package init(kind: Kind, object: JSONValue) {
    self.kind = kind
    self.object = object
  }

  package var json: JSONValue { ["type": .string(kind.rawValue), "object": object] }
}

/// Which objects of a kind a list or watch is about.
package struct Selection: Equatable {
  /// All namespaces if empty.
  package var namespace = ""
  package var labels = LabelQuery()
  package var fields: FieldQuery?

  package init() {}

  func includes<Object: KubernetesObject>(_ object: Object) -> Bool {
    (namespace.isEmpty || object.metadata.namespace == namespace)
      && labels.matches(object.metadata.labels) && fields?.matches(object) ?? true
  }
}

extension APIServer {
  /// Watches a kind, synchronously: `handler` is called for each event in order of versions.
  ///
  /// Without a version, or with "0", the present objects come first as additions. From another
  /// version on, all later changes come first; a version that is no longer known throws 410.
  package func watch(
    _ kind: String, _ selection: Selection = Selection(), from version: String = "",
    _ handler: @escaping (WatchEvent) -> Void
  ) throws(StatusError) -> Observation {
    guard let type = KindRegistry.type(named: kind) else {
      throw StatusError(
        code: 404, reason: "NotFound",
        message: "the server could not find the requested resource (\(kind))")
    }
    return try watch(type, selection, version, handler)
  }

  private func watch<Object: KubernetesObject>(
    _ type: Object.Type, _ selection: Selection, _ version: String,
    _ handler: @escaping (WatchEvent) -> Void
  ) throws(StatusError) -> Observation {
    if version.isEmpty || version == "0" {
      for object in list(type) where selection.includes(object) {
        handler(WatchEvent(kind: .added, object: object.json))
      }
    } else {
      guard let start = Int64(version) else {
        throw .badRequest("invalid resource version: \"\(version)\"")
      }
      let table = table(type)
      if start < table.historyStart { throw .expired(version, String(table.historyStart)) }
      for change in table.history where change.version > start {
        if let event = Self.event(change, selection) { handler(event) }
      }
    }
    return observe(type) { change in
      if let event = Self.event(change, selection) { handler(event) }
    }
  }

  /// What a change is to a watch with a selection: an object that enters it is added, one that
  /// leaves it deleted.
  private static func event<Object: KubernetesObject>(
    _ change: TypedChange<Object>, _ selection: Selection
  ) -> WatchEvent? {
    let object = change.object
    let previous = change.previous
    let isIn = change.kind != .deleted && selection.includes(object)
    let wasIn = previous.map { selection.includes($0) } ?? false
    switch (wasIn, isIn) {
    case (false, false): return nil
    case (false, true): return WatchEvent(kind: .added, object: object.json)
    case (true, true): return WatchEvent(kind: .modified, object: object.json)
    case (true, false):
      var last = change.kind == .deleted ? object : previous ?? object
      last.metadata.resourceVersion = object.metadata.resourceVersion
      return WatchEvent(kind: .deleted, object: last.json)
    }
  }

  /// A bookmark: an event that says only how far the watch has come.
  package func bookmark(_ kind: String) -> WatchEvent? {
    guard let resource = KindRegistry.type(named: kind)?.resource else { return nil }
    return WatchEvent(
      kind: .bookmark,
      object: [
        "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
        "metadata": ["resourceVersion": .string(String(version))],
      ])
  }
}
