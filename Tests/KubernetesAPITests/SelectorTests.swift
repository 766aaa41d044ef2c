import KubernetesAPI
import Testing

struct SelectorTests {
  @Test(arguments: [
    ("x=y", ["x": "y"], true), ("x=y", ["x": "z"], false), ("x!=y", [:], true),
    ("x", ["x": ""], true), ("!x", ["x": ""], false), ("x>1", ["x": "2"], true),
    ("x in (a,b),y", ["x": "b", "y": ""], true), ("x notin (a)", ["x": "a"], false),
    ("", ["x": "y"], true), ("x=", ["x": ""], true),
  ])
  func `a selector selects by labels`(text: String, labels: [String: String], matches: Bool) {
    #expect(LabelQuery(text)?.matches(labels) == matches)
  }

  @Test(arguments: ["x=a||y=b", "!x=a", "x<a", "x in", "x,,y", "=a"])
  func `what is no selector is refused`(text: String) {
    #expect(LabelQuery(text) == nil)
  }
}
