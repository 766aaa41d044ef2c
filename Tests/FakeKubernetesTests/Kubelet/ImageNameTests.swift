import Testing

@testable import FakeKubernetes

/// Source: `pkg/util/parsers/parsers.go` and the grammar of github.com/distribution/reference.
struct ImageNameTests {
  @Test(arguments: [
    "app", "app:1", "library/app:1-x_y.Z", "registry.local:5000/a/b_c/d__e:1", "localhost/app",
    "a-----b:latest", "app@sha256:" + String(repeating: "0a", count: 32),
  ])
  func `names that are ones`(name: String) { #expect(ImageName.error(name) == nil) }

  @Test(arguments: [
    ("App:1", "invalid reference format: repository name (library/App) must be lowercase"),
    (
      "registry.local:5000/Up/app:1",
      "invalid reference format: repository name (Up/app) must be lowercase"
    ),
    ("app:1:2", "invalid reference format"), ("app:", "invalid reference format"),
    ("a..b", "invalid reference format"), ("-app", "invalid reference format"),
    ("app@sha256:abc", "invalid reference format"), ("a___b", "invalid reference format"),
  ])
  func `names that are none`(name: String, problem: String) {
    #expect(ImageName.error(name) == "couldn't parse image name \"\(name)\": \(problem)")
  }

  @Test func `a name without tag or digest means the latest`() {
    #expect(ImageName.tagged("app") == "app:latest")
    #expect(ImageName.tagged("registry.local:5000/app") == "registry.local:5000/app:latest")
    #expect(ImageName.tagged("app:2") == "app:2")
  }
}
