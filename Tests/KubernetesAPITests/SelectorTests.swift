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

  @Test(arguments: [
    ("=", "found '=', expected: !, identifier, or 'end of string'"),
    ("a,", "found '', expected: identifier after ','"),
    ("a in", "unable to parse requirement: found '' expected: '('"),
    ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
    ("a=b c", "found 'c', expected: ',' or 'end of string'"),
    (
      "a>x",
      #"unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the "#
        + "value must be an integer"
    ),
  ])
  func `a selector at fault is told why`(text: String, message: String) {
    guard case .failure(let fault) = LabelQuery.parsed(text) else {
      Issue.record("\(text) is taken")
      return
    }
    #expect(fault.message == message)
  }

  @Test(arguments: [
    ("a=b,c!=d", [("a", "b", true), ("c", "d", false)]), ("a==b", [("a", "b", true)]),
    (#"a=b\,c"#, [("a", "b,c", true)]), ("", []),
  ])
  func `fields are compared with texts`(text: String, terms: [(String, String, Bool)]) {
    let read = FieldQuery(text)?.terms.map { ($0.field, $0.value, $0.isEqual) }
    #expect(read?.map(\.0) == terms.map(\.0))
    #expect(read?.map(\.1) == terms.map(\.1))
    #expect(read?.map(\.2) == terms.map(\.2))
  }
}
