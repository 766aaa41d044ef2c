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
}
