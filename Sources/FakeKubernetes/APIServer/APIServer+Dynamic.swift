package import JSON
package import KubernetesAPI

extension APIServer: KubernetesClient {
  package func list(_ kind: String, namespace: String, labelSelector: String)
    -> Result<[JSONValue], StatusError>
  {
    attempt { () throws(StatusError) -> [JSONValue] in
      let type = try type(named: kind)
      guard let query = LabelQuery(labelSelector) else {
        throw .badRequest("unable to parse requirement: \(labelSelector)")
      }
      return listJSON(type, namespace.isEmpty ? nil : namespace, query)
    }
  }

  package func get(_ kind: String, namespace: String, name: String)
    -> Result<JSONValue, StatusError>
  {
    attempt { () throws(StatusError) -> JSONValue in
      let type = try type(named: kind)
      return try getJSON(type, namespace, name)
    }
  }

  package func create(_ object: JSONValue, namespace: String = "")
    -> Result<JSONValue, StatusError>
  {
    attempt { () throws(StatusError) -> JSONValue in
      let type = try type(of: object)
      return try createJSON(type, object, namespace)
    }
  }

  package func replace(_ object: JSONValue, namespace: String = "")
    -> Result<JSONValue, StatusError>
  {
    attempt { () throws(StatusError) -> JSONValue in
      let type = try type(of: object)
      return try replaceJSON(type, object, namespace)
    }
  }

  package func patch(
    _ kind: String, namespace: String, name: String, subresource: String = "",
    type: PatchType = .strategicMerge, _ patch: JSONValue
  ) -> Result<JSONValue, StatusError> {
    attempt { () throws(StatusError) -> JSONValue in
      let key = ObjectKey(namespace, name)
      let kindType = try self.type(named: kind)
      return try patchJSON(kindType, key, subresource, type, patch).json
    }
  }

  package func delete(
    _ kind: String, namespace: String, name: String, options: DeleteOptions = DeleteOptions()
  ) -> Result<JSONValue, StatusError> {
    attempt { () throws(StatusError) -> JSONValue in
      let type = try type(named: kind)
      return try deleteJSON(type, namespace, name, options)
    }
  }

  private func attempt<Value>(_ body: () throws(StatusError) -> Value)
    -> Result<Value, StatusError>
  {
    do throws(StatusError) {
      if faults.isDown { try faults.check() }
      return .success(try body())
    } catch {
      return .failure(error)
    }
  }

  private func type(named name: String) throws(StatusError) -> any KubernetesObject.Type {
    guard let type = KindRegistry.type(named: name) else {
      throw StatusError(
        code: 404, reason: "NotFound",
        message: "the server could not find the requested resource (\(name))")
    }
    return type
  }

  private func type(of object: JSONValue) throws(StatusError) -> any KubernetesObject.Type {
    let apiVersion = object["apiVersion"]?.stringValue ?? ""
    let kind = object["kind"]?.stringValue ?? ""
    guard let type = KindRegistry.type(apiVersion: apiVersion, kind: kind) else {
      throw .badRequest("no kind \"\(kind)\" is registered for version \"\(apiVersion)\"")
    }
    return type
  }
}

extension APIServer {
  func decode<Object: KubernetesObject>(_ type: Object.Type, _ json: JSONValue)
    throws(StatusError) -> Object
  {
    do {
      return try Object(json: json)
    } catch {
      let resource = Object.resource
      throw .badRequest(
        "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a "
          + "\(resource.kind): \(error)")
    }
  }

  func given<Object: KubernetesObject>(
    _ type: Object.Type, _ json: JSONValue, _ namespace: String
  ) throws(StatusError) -> Object {
    var object = try decode(type, json)
    if !Object.resource.isNamespaced { return object }
    if object.metadata.namespace.isEmpty { object.metadata.namespace = namespace }
    if object.metadata.namespace.isEmpty { object.metadata.namespace = "default" }
    if !namespace.isEmpty, object.metadata.namespace != namespace {
      throw .badRequest(
        "the namespace of the provided object does not match the namespace sent on the request")
    }
    return object
  }

  private func listJSON<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String?, _ query: LabelQuery
  ) -> [JSONValue] {
    list(type, namespace: namespace, labels: query).map(\.json)
  }

  private func getJSON<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String
  ) throws(StatusError) -> JSONValue {
    try get(type, Object.resource.isNamespaced ? namespace : "", name).json
  }

  private func createJSON<Object: KubernetesObject>(
    _ type: Object.Type, _ json: JSONValue, _ namespace: String
  ) throws(StatusError) -> JSONValue {
    try create(try given(type, json, namespace)).json
  }

  private func replaceJSON<Object: KubernetesObject>(
    _ type: Object.Type, _ json: JSONValue, _ namespace: String
  ) throws(StatusError) -> JSONValue {
    try update(try given(type, json, namespace)).json
  }

  private func deleteJSON<Object: KubernetesObject>(
    _ type: Object.Type, _ namespace: String, _ name: String, _ options: DeleteOptions
  ) throws(StatusError) -> JSONValue {
    try delete(type, Object.resource.isNamespaced ? namespace : "", name, options: options).json
  }
}
