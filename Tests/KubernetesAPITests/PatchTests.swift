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
    let result = try StrategicMergePatch(kind: "Deployment").apply(patch, to: deployment)
    #expect(result["spec"]?["replicas"] == nil)
    let containers = result.value(at: "spec", "template", "spec", "containers")
    #expect(containers?.arrayValue?.map { $0["name"] } == ["a", "c"])
    #expect(containers?[0]?["image"] == "a:2")
    #expect(containers?[0]?["ports"]?.arrayValue?.count == 2)
  }

  struct Row: CustomTestStringConvertible {
    let testDescription: String
    let patch: String
    let result: String

    init(_ name: String, _ patch: String, _ result: String) {
      testDescription = name
      self.patch = patch
      self.result = result
    }
  }

  @Test(arguments: [
    Row(
      "an element that replaces", #"[{"name": "a", "$patch": "replace"}, {"name": "d"}]"#,
      #"[{"name": "d"}]"#),
    Row(
      "a new element", #"[{"name": "d", "image": null, "command": ["x"]}]"#,
      #"[{"name": "d", "command": ["x"]}, {"name": "a", "image": "i"}, {"name": "b"}]"#),
    Row("an element that goes", #"[{"name": "a", "$patch": "delete"}]"#, #"[{"name": "b"}]"#),
    Row(
      "a directive that merges", #"[{"name": "a", "$patch": "merge"}]"#,
      "merging lists cannot yet be specified in the patch"),
    Row(
      "a directive that there is not", #"[{"name": "a", "$patch": "x"}]"#,
      "unknown patch type: x in map: map[$patch:x name:a]"),
    Row(
      "nobody who goes", #"[{"$patch": "delete"}]"#,
      "map: map[$patch:delete] does not contain declared merge key: name"),
    Row(
      "no key", #"[{"image": "q"}]"#, "map: map[image:q] does not contain declared merge key: name"),
    Row(
      "no key in what replaces", #"[{"$patch": "replace"}, {"image": "q"}]"#,
      "map: map[image:q] does not contain declared merge key: name"),
    Row(
      "a text", #"["q"]"#,
      "list element types are not identical: [[map[image:i name:a] map[name:b]] [q]]"),
  ])
  func `a strategic merge patch obeys the directives of a list`(_ row: Row) throws {
    let pod = try JSONValue(
      parsing: #"{"spec": {"containers": [{"name": "a", "image": "i"}, {"name": "b"}]}}"#)
    let patch = try JSONValue(parsing: #"{"spec": {"containers": \#(row.patch)}}"#)
    do throws(StrategicMergePatch.Fault) {
      let result = try StrategicMergePatch(kind: "Pod").apply(patch, to: pod)
      #expect(result.value(at: "spec", "containers") == (try? JSONValue(parsing: row.result)))
    } catch {
      #expect(error.message == row.result)
    }
  }

  @Test(arguments: [
    Row(
      "a map that is to be merged", #"{"spec": {"nodeSelector": {"$patch": "merge", "b": "c"}}}"#,
      "unknown patch type: merge in map: map[$patch:merge b:c]"),
    Row(
      "a map that is replaced", #"{"spec": {"nodeSelector": {"$patch": "replace", "b": "c"}}}"#,
      #"{"spec": {"nodeSelector": {"b": "c"}, "volumes": [{"name": "v"}]}}"#),
    Row(
      "a new map with a directive", #"{"spec": {"affinity": {"$patch": "merge", "b": "c"}}}"#,
      #"{"spec": {"nodeSelector": {"a": "b"}, "volumes": [{"name": "v"}]}}"#),
    Row(
      "a new list without a key", #"{"spec": {"initContainers": [{"image": "q"}]}}"#,
      #"{"spec": {"nodeSelector": {"a": "b"}, "volumes": [{"name": "v"}], "#
        + #""initContainers": [{"image": "q"}]}}"#),
    Row(
      "an empty order",
      #"{"spec": {"$setElementOrder/volumes": [], "volumes": [{"name": "w"}]}}"#,
      #"{"spec": {"nodeSelector": {"a": "b"}, "volumes": [{"name": "v"}, {"name": "w"}]}}"#),
    Row(
      "another order",
      #"{"spec": {"$setElementOrder/volumes": [{"name": "x"}], "volumes": [{"name": "w"}]}}"#,
      "The order in patch list:\n[map[name:w]]\n doesn't match $setElementOrder list:\n"
        + "[map[name:x]]\n"),
    Row(
      "an order that is no list", #"{"spec": {"$setElementOrder/volumes": "x"}}"#,
      "expected a []interface {}, but received a string"),
    Row(
      "keys to retain", #"{"spec": {"$retainKeys": ["volumes"]}}"#,
      #"{"spec": {"volumes": [{"name": "v"}]}}"#),
    Row(
      "keys that are not retained", #"{"spec": {"$retainKeys": [], "volumes": []}}"#,
      "invalid patch format of retainKeys"),
  ])
  func `a strategic merge patch obeys the directives of a map`(_ row: Row) throws {
    let pod = try JSONValue(
      parsing: #"{"spec": {"nodeSelector": {"a": "b"}, "volumes": [{"name": "v"}]}}"#)
    let patch = try JSONValue(parsing: row.patch)
    do throws(StrategicMergePatch.Fault) {
      let result = try StrategicMergePatch(kind: "Pod").apply(patch, to: pod)
      #expect(result == (try? JSONValue(parsing: row.result)))
    } catch {
      #expect(error.message == row.result)
    }
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
