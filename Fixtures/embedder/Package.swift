// swift-tools-version: 6.2
import PackageDescription

// A package as a user of Andruck has it: a predictor, and tests that rehearse how it is served.
let package = Package(
  name: "triage",
  dependencies: [.package(name: "andruck", path: "../..")],
  targets: [
    .target(name: "Triage", dependencies: [.product(name: "Andruck", package: "andruck")]),
    .testTarget(
      name: "TriageTests",
      dependencies: [
        "Triage",
        .product(name: "Andruck", package: "andruck"),
        .product(name: "AndruckTesting", package: "andruck"),
      ]),
  ]
)
