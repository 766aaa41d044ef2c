import JSON

/// Rules for volumes, source `pkg/apis/core/validation/validation.go` ValidateVolumes.
enum VolumeRules {
  /// The sources in the order in which upstream looks for them.
  private static let kinds = [
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs",
    "iscsi", "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte",
    "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume",
    "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO",
    "csi", "ephemeral", "image",
  ]
  private static let hostPathTypes = [
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate",
    "Socket",
  ]
  private static let modeText =
    "must be a number between 0 and 0777 (octal), both inclusive"

  /// Adds a cause for every fault; returns the names that containers may mount.
  static func validate(_ volumes: [Volume], _ path: String, _ causes: inout CauseList) -> [String] {
    var names: [String] = []
    for (index, volume) in volumes.enumerated() {
      let place = "\(path)[\(index)]"
      let count = causes.causes.count
      validateSource(volume.source, place, &causes)
      if volume.name.isEmpty {
        causes.required("\(place).name")
      } else {
        causes.invalid(
          "\(place).name", text: volume.name, RuleTexts.labelFaults(volume.name))
      }
      if names.contains(volume.name) { causes.duplicate("\(place).name", volume.name.goQuoted) }
      if causes.causes.count == count { names.append(volume.name) }
    }
    return names
  }

  private static func validateSource(
    _ source: JSONObject, _ path: String, _ causes: inout CauseList
  ) {
    let given = kinds.filter { source[$0] != nil }
    for (index, kind) in given.enumerated() {
      if index == 0 {
        validate(kind, source[kind] ?? .null, "\(path).\(kind)", &causes)
      } else {
        causes.forbidden("\(path).\(kind)", "may not specify more than 1 volume type")
      }
    }
  }

  private static func validate(
    _ kind: String, _ source: JSONValue, _ path: String, _ causes: inout CauseList
  ) {
    switch kind {
    case "emptyDir":
      if let limit = source["sizeLimit"],
        Quantity(limit.stringValue ?? limit.text()) ?? .zero < .zero
      {
        causes.forbidden("\(path).sizeLimit", "SizeLimit field must be a valid resource quantity")
      }
    case "hostPath":
      let target = source["path"]?.stringValue ?? ""
      if target.isEmpty { return causes.required("\(path).path") }
      noBacksteps("\(path).path", target, &causes)
      if let type = source["type"]?.stringValue, !hostPathTypes.contains(type) {
        causes.notSupported("\(path).type", type, hostPathTypes)
      }
    case "secret", "configMap":
      let name = kind == "secret" ? "secretName" : "name"
      require(source, [name], path, &causes)
      mode(source["defaultMode"], "\(path).defaultMode", &causes)
      for (index, item) in (source["items"]?.arrayValue ?? []).enumerated() {
        validateItem(item, "\(path).items[\(index)]", &causes)
      }
    case "nfs":
      require(source, ["server", "path"], path, &causes)
      if let target = source["path"]?.stringValue, !target.isEmpty, !target.hasPrefix("/") {
        causes.invalid("\(path).path", target.goQuoted, "must be an absolute path")
      }
    case "persistentVolumeClaim": require(source, ["claimName"], path, &causes)
    case "csi": require(source, ["driver"], path, &causes)
    case "ephemeral": require(source, ["volumeClaimTemplate"], path, &causes)
    case "downwardAPI":
      mode(source["defaultMode"], "\(path).defaultMode", &causes)
      for file in source["items"]?.arrayValue ?? [] { validateFile(file, path, &causes) }
    case "projected": ProjectedVolumeRules.validate(source, path, &causes)
    default: break
    }
  }

  static func require(
    _ source: JSONValue, _ fields: [String], _ path: String, _ causes: inout CauseList
  ) {
    for field in fields where [nil, "", .null].contains(source[field]) {
      causes.required("\(path).\(field)")
    }
  }

  static func mode(_ mode: JSONValue?, _ field: String, _ causes: inout CauseList) {
    guard let mode = mode?.intValue, !(0...0o777).contains(mode) else { return }
    causes.invalid(field, "\(mode)", modeText)
  }

  /// A key and the path where its value appears.
  static func validateItem(_ item: JSONValue, _ path: String, _ causes: inout CauseList) {
    require(item, ["key", "path"], path, &causes)
    localPath("\(path).path", item["path"]?.stringValue ?? "", &causes)
    mode(item["mode"], "\(path).mode", &causes)
  }

  /// A file with a field or resource of the pod.
  static func validateFile(_ file: JSONValue, _ path: String, _ causes: inout CauseList) {
    require(file, ["path"], path, &causes)
    localPath("\(path).path", file["path"]?.stringValue ?? "", &causes)
    if let field = file["fieldRef"] {
      EnvironmentRules.validateField(field, "\(path).fieldRef", isVolume: true, &causes)
      if file["resourceFieldRef"] != nil {
        causes.invalid(
          path, "\"resource\"", "fieldRef and resourceFieldRef can not be specified simultaneously")
      }
    } else if let resource = file["resourceFieldRef"] {
      EnvironmentRules.validateResource(
        resource, "\(path).resourceFieldRef", isVolume: true, &causes)
    } else {
      causes.required(path, "one of fieldRef and resourceFieldRef is required")
    }
    mode(file["mode"], "\(path).mode", &causes)
  }

  /// A path that stays inside the volume and does not begin with two points.
  static func localPath(_ field: String, _ path: String, _ causes: inout CauseList) {
    descendingPath(field, path, &causes)
    if path.hasPrefix(".."), !path.hasPrefix("../") {
      causes.invalid(field, path.goQuoted, "must not start with '..'")
    }
  }

  /// A path that stays inside the volume.
  static func descendingPath(_ field: String, _ path: String, _ causes: inout CauseList) {
    if path.hasPrefix("/") { causes.invalid(field, path.goQuoted, "must be a relative path") }
    noBacksteps(field, path, &causes)
  }

  private static func noBacksteps(_ field: String, _ path: String, _ causes: inout CauseList) {
    if path.split(separator: "/").contains("..") {
      causes.invalid(field, path.goQuoted, "must not contain '..'")
    }
  }
}

/// Rules for volumes that show several sources in one folder.
private enum ProjectedVolumeRules {
  static func validate(_ source: JSONValue, _ path: String, _ causes: inout CauseList) {
    VolumeRules.mode(source["defaultMode"], "\(path).defaultMode", &causes)
    var paths: [String] = []
    for (index, part) in (source["sources"]?.arrayValue ?? []).enumerated() {
      validate(part, path, "\(path).sources[\(index)]", &paths, &causes)
    }
  }

  private static func validate(
    _ part: JSONValue, _ path: String, _ place: String, _ paths: inout [String],
    _ causes: inout CauseList
  ) {
    var count = 0
    for kind in ["secret", "configMap"] {
      guard let source = part[kind] else { continue }
      count += 1
      VolumeRules.require(source, ["name"], "\(place).\(kind)", &causes)
      for (index, item) in (source["items"]?.arrayValue ?? []).enumerated() {
        VolumeRules.validateItem(item, "\(place).\(kind).items[\(index)]", &causes)
        let shown = source["name"]?.stringValue ?? ""
        note(item["path"], shown: shown, path, &paths, &causes)
      }
    }
    if let source = part["downwardAPI"] {
      count += 1
      for file in source["items"]?.arrayValue ?? [] {
        VolumeRules.validateFile(file, "\(place).downwardAPI", &causes)
        note(file["path"], shown: file["path"]?.stringValue ?? "", path, &paths, &causes)
      }
    }
    if let source = part["serviceAccountToken"] {
      count += 1
      validateToken(source, path, "\(place).serviceAccountToken", &causes)
    }
    if count > 1 {
      causes.forbidden(place, "may not specify more than 1 volume type per source")
    }
  }

  private static func note(
    _ target: JSONValue?, shown: String, _ path: String, _ paths: inout [String],
    _ causes: inout CauseList
  ) {
    guard let target = target?.stringValue, !target.isEmpty else { return }
    if paths.contains(target) {
      causes.invalid(path, shown.goQuoted, "conflicting duplicate paths")
    }
    paths.append(target)
  }

  private static func validateToken(
    _ source: JSONValue, _ path: String, _ place: String, _ causes: inout CauseList
  ) {
    let seconds = source["expirationSeconds"]?.integerValue ?? 3600
    if seconds < 600 {
      causes.invalid(
        "\(place).expirationSeconds", "\(seconds)",
        "may not specify a duration less than 10 minutes")
    }
    if seconds > 1 << 32 {
      causes.invalid(
        "\(place).expirationSeconds", "\(seconds)",
        "may not specify a duration larger than 2^32 seconds")
    }
    let target = source["path"]?.stringValue ?? ""
    if target.isEmpty {
      causes.required("\(path).path")
    } else {
      VolumeRules.localPath("\(path).path", target, &causes)
    }
  }
}
