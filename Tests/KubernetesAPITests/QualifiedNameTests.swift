import KubernetesAPI
import Testing

@Test(
  arguments: [
    ("app", true), ("App.v-1_x", true), ("example.com/app", true), ("a-b.c/X", true),
    ("1.2/3", true), ("", false), ("-a", false), ("a-", false), ("a/", false), ("/a", false),
    ("a/b/c", false), ("a..b/c", false), (".a/b", false), ("a./b", false), ("-a.b/c", false),
    ("a-.b/c", false), ("a.-b/c", false), ("A.b/c", false), ("a_b/c", false), ("a b", false),
    ("ä", false), (String(repeating: "a", count: 63), true),
    (String(repeating: "a", count: 64), false),
    (String(repeating: "a", count: 253) + "/b", true),
    (String(repeating: "a", count: 254) + "/b", false),
  ])
func `a qualified name is a name, perhaps behind a domain`(text: String, isName: Bool) {
  #expect(FieldRules.isQualifiedName(text) == isName)
}
