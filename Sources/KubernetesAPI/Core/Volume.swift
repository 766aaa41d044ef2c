package import JSON

/// A volume of a pod, with its source kept as it was given.
package struct Volume: JSONConvertible {
  package var name = ""
  /// The source by its name, such as `hostPath`, `emptyDir` or `configMap`.
  package var source = JSONObject()

  private static let sources: Set<String> = [
    "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "configMap", "csi",
    "downwardAPI", "emptyDir", "ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk",
    "gitRepo", "glusterfs", "hostPath", "image", "iscsi", "nfs", "persistentVolumeClaim",
    "photonPersistentDisk", "portworxVolume", "projected", "quobyte", "rbd", "scaleIO", "secret",
    "storageos", "vsphereVolume",
  ]

  package init() {}

  package init(_ fields: FieldReader) throws {
    name = try fields.text("name")
    for (key, value) in fields.object where Self.sources.contains(key) && value != .null {
      source[key] = value
    }
  }

  package func write(to object: inout JSONObject) {
    object.put("name", name)
    for (key, value) in source { object[key] = value }
  }

  /// The directory of the node that is mounted, nil for other sources.
  package var hostPath: String? { source["hostPath"]?["path"]?.stringValue }
}
