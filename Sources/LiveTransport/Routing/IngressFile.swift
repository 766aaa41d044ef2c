public import Ingress
public import YAML

/// Reads which hosts go to which backends.
///
/// ```yaml
/// hosts:
///   digits-v2-development.example.com: [127.0.0.1:5001, "[::1]:5002"]
///   127.0.0.1: [worker.example.com:5000]
/// ```
public enum IngressFile {
  /// The routes of a file's text, in the order of the file.
  /// - Throws: `YAMLError` with the place of what is wrong.
  public static func routes(_ text: String, file: String) throws(YAMLError) -> [IngressRoute] {
    let root = try YAMLDocument.parse(text, file: file)
    guard let members = root.mapping else {
      throw root.error("expected a mapping with the key hosts, found \(root.summary)", file: file)
    }
    for member in members where member.key.text != "hosts" {
      throw member.key.error(
        "unknown key \"\(member.key.text ?? member.key.summary)\"; expected hosts", file: file)
    }
    guard let hosts = root["hosts"] else { throw root.error("hosts is missing", file: file) }
    guard let entries = hosts.mapping else {
      throw hosts.error("expected host names with their backends", file: file)
    }
    var routes: [IngressRoute] = []
    for (key, value) in entries {
      guard let host = key.text, !host.isEmpty, !host.contains("/") else {
        throw key.error("expected a host name, found \(key.summary)", file: file)
      }
      if routes.contains(where: { $0.host == host.lowercased() }) {
        throw key.error("the host \(host) is given twice", file: file)
      }
      guard let items = value.sequence else {
        throw value.error("expected a list of host:port, found \(value.summary)", file: file)
      }
      var backends: [IngressBackend] = []
      for item in items { backends.append(try backend(item, file: file)) }
      routes.append(IngressRoute(host: host.lowercased(), backends: backends))
    }
    return routes
  }

  private static func backend(
    _ node: YAMLNode, file: String
  ) throws(YAMLError) -> IngressBackend {
    if let text = node.text, let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
    {
      var host = text[..<colon]
      let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
      if isBracketed { host = host.dropFirst().dropLast() }
      if !host.isEmpty, isBracketed || !host.contains(":") {
        return IngressBackend(host: String(host), port: port)
      }
    }
    throw node.error(
      "expected host:port, such as 127.0.0.1:5000 or \"[::1]:5000\", found \(node.summary)",
      file: file)
  }
}
