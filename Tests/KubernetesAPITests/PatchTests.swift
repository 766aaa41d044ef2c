import JSON
import KubernetesAPI
import Testing

struct PatchTests {
  @Test func `a strategic merge patch merges containers by name`() throws {
    let deployment = try JSONValue(
      parsing: """
        {"kind": "Deployment", "spec": {"replicas": 1, "template": {"spec": {"containers": [
          {"name": "a", "image": "a:1", "ports": [{"containerPort": 1, "name": "x"}]},
          {"name": "b", "image": "b:1"}]}}}}
        """)
    let patch = try JSONValue(
      parsing: """
        {"spec": {"replicas": null, "template": {"spec": {"containers": [
          {"name": "a", "image": "a:2", "ports": [{"containerPort": 2}]},
          {"name": "b", "$patch": "delete"}, {"name": "c", "image": "c:1"}]}}}}
        """)
    let result = StrategicMergePatch(kind: "Deployment").apply(patch, to: deployment)
    #expect(result["spec"]?["replicas"] == nil)
    let containers = result.value(at: "spec", "template", "spec", "containers")
    #expect(containers?.arrayValue?.map { $0["name"] } == ["a", "c"])
    #expect(containers?[0]?["image"] == "a:2")
    #expect(containers?[0]?["ports"]?.arrayValue?.count == 2)
  }

  @Test func `a merge patch replaces lists and removes with null`() {
    let result = JSONMergePatch.apply(
      ["a": [3], "b": .null, "c": ["d": 1]], to: ["a": [1, 2], "b": 1, "c": ["e": 2]])
    #expect(result == ["a": [3], "c": ["d": 1, "e": 2]])
  }

  @Test func `a JSON patch performs its operations in order`() throws {
    let result = try JSONPatch.apply(
      [
        ["op": "test", "path": "/a/0", "value": 1], ["op": "add", "path": "/a/-", "value": 3],
        ["op": "remove", "path": "/b"], ["op": "move", "from": "/c", "path": "/d~1e"],
      ], to: ["a": [1, 2], "b": 1, "c": 4])
    #expect(result == ["a": [1, 2, 3], "d/e": 4])
    #expect(throws: JSONPatch.Failure.self) {
      try JSONPatch.apply([["op": "remove", "path": "/x"]], to: [:])
    }
  }

  @Test(arguments: [
    (#"[{"op": "add", "path": "/a/-1", "value": 9}]"#, #"{"a": [1, 2, 9]}"#),
    (#"[{"op": "remove", "path": "/a/-1"}]"#, #"{"a": [1]}"#),
    (#"[{"op": "replace", "path": "/a/-2", "value": 9}]"#, #"{"a": [9, 2]}"#),
    (#"[{"op": "test", "path": "/b", "value": null}]"#, #"{"a": [1, 2]}"#),
    (#"[{"op": "test", "path": "/b"}]"#, #"{"a": [1, 2]}"#),
    (#"[{"op": "replace", "path": "", "value": {"b": 1}}]"#, #"{"b": 1}"#),
    (#"[{"op": "add", "path": "/b"}]"#, #"{"a": [1, 2], "b": null}"#),
    (#"[{"op": "copy", "from": "/a/0", "path": "/a/1"}]"#, #"{"a": [1, 1, 2]}"#),
    (#"[]"#, #"{"a": [1, 2]}"#),
  ])
  func `a JSON patch does what upstream's library does`(patch: String, result: String) throws {
    let patched = try JSONPatch.apply(
      try JSONValue(parsing: patch), to: try JSONValue(parsing: #"{"a": [1, 2]}"#))
    #expect(patched == (try JSONValue(parsing: result)))
  }

  @Test(arguments: [
    #"[{"op": "add", "path": "", "value": {}}]"#, #"[{"op": "remove", "path": ""}]"#,
    #"[{"op": "replace", "path": "", "value": 1}]"#, #"[{"op": "remove", "path": "/a/-3"}]"#,
    #"[{"op": "add", "path": "/a/3", "value": 1}]"#,
    #"[{"op": "add", "path": "/a/b", "value": 1}]"#,
    #"[{"op": "test", "path": "/b/c", "value": null}]"#, #"[{"op": "add", "value": 1}]"#,
    #"[{"op": "move", "from": "/b", "path": "/c"}]"#,
  ])
  func `a JSON patch that does not fit is refused`(patch: String) throws {
    let operations = try JSONValue(parsing: patch)
    #expect(throws: JSONPatch.Failure.self) {
      try JSONPatch.apply(operations, to: ["a": [1, 2]])
    }
  }
}
