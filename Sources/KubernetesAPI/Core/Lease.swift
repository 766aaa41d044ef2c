package import JSON

/// A sign of life.
package struct Lease: KubernetesObject {
  package static let resource = ResourceType(
    group: "coordination.k8s.io", kind: "Lease", plural: "leases")
  package var metadata = ObjectMeta()
  private var sharedSpec = Lease.noSpec

  private static let noSpec = Shared(LeaseSpec())

  package init() {}

  package var spec: LeaseSpec {
    _read { yield sharedSpec.value }
    _modify { yield &sharedSpec.value }
  }

  package mutating func readBody(_ fields: FieldReader) throws {
    spec = try fields.nested("spec") ?? LeaseSpec()
  }

  package func writeBody(to object: inout JSONObject) {
    object["spec"] = spec.json
  }
}

/// Who holds a lease and since when.
package struct LeaseSpec: JSONConvertible {
  package var holderIdentity: String?
  package var leaseDurationSeconds: Int?
  package var acquireTime: String?
  /// RFC 3339 with six decimals.
  package var renewTime: String?
  package var leaseTransitions: Int?

  package init() {}

  package init(_ fields: FieldReader) throws {
    holderIdentity = try fields.string("holderIdentity")
    leaseDurationSeconds = try fields.int("leaseDurationSeconds")
    acquireTime = try fields.microTime("acquireTime")
    renewTime = try fields.microTime("renewTime")
    leaseTransitions = try fields.int("leaseTransitions")
  }

  package func write(to object: inout JSONObject) {
    object.put("holderIdentity", holderIdentity)
    object.put("leaseDurationSeconds", leaseDurationSeconds)
    object.put("acquireTime", acquireTime)
    object.put("renewTime", renewTime)
    object.put("leaseTransitions", leaseTransitions)
  }
}
