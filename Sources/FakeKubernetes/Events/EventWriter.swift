import KubernetesAPI

/// Makes event objects of one component.
struct EventWriter {
  let server: APIServer
  let component: String
  let host: String
  private var lastName: Int64 = 0

  init(server: APIServer, component: String, host: String) {
    self.server = server
    self.component = component
    self.host = host
  }

  /// What an event says of the object that it is about.
  static func reference<Object: KubernetesObject>(to object: Object) -> ObjectReference {
    var reference = ObjectReference()
    reference.kind = Object.resource.kind
    reference.apiVersion = Object.resource.apiVersion
    reference.namespace = object.metadata.namespace
    reference.name = object.metadata.name
    reference.uid = object.metadata.uid
    reference.resourceVersion = object.metadata.resourceVersion
    return reference
  }

  /// An event that happens now for the `count`-th time.
  func content(
    about reference: ObjectReference, _ severity: EventRecorder.Severity, _ reason: String,
    _ message: String, count: Int = 1
  ) -> EventContent {
    var content = EventContent()
    content.involvedObject = reference
    content.type = severity.rawValue
    content.reason = reason
    content.message = message
    content.count = count
    content.firstTimestamp = server.now
    content.lastTimestamp = server.now
    content.source.component = component
    content.source.host = host
    content.reportingComponent = component
    content.reportingInstance = host
    return content
  }

  /// The key of a new event about an object; each has one of its own.
  mutating func nextKey(about reference: ObjectReference) -> ObjectKey {
    lastName = max(lastName + 1, server.wallNanoseconds)
    return ObjectKey(
      reference.namespace.isEmpty ? "default" : reference.namespace,
      reference.name + "." + String(lastName, radix: 16))
  }

  /// Stores an event; as upstream, one that cannot be written is lost.
  func create(_ key: ObjectKey, _ content: EventContent) -> ObjectKey? {
    let metadata = ObjectMeta(name: key.name, namespace: key.namespace)
    let event = Event(metadata: metadata, content: content)
    return (try? server.create(event, isKnownValid: true))?.key
  }
}
