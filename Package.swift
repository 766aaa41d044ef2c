// swift-tools-version: 6.2
import PackageDescription

// Warnings are errors for our own targets. Deprecations stay warnings, so that a newer toolchain
// that deprecates a call does not break a user's build.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [],
  resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

func system(_ name: String, _ pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
  name: "andruck",
  products: [
    .library(name: "Andruck", targets: ["Andruck"]),
    .library(name: "AndruckTesting", targets: ["AndruckTesting"]),
    .library(name: "AndruckLive", targets: ["DruckerClient", "LiveTransport"]),
    .executable(name: "andruck", targets: ["AndruckCommand"]),
    .executable(name: "andruck-fidelity", targets: ["FidelityCommand"]),
    .executable(name: "andruck-bench-kubernetes", targets: ["KubernetesBenchmarks"]),
  ],
  targets: [
    // Values and codecs: no clock, no randomness, no I/O.
    system("CNGHTTP2", "libnghttp2", apt: "libnghttp2-dev"),
    system("CSQLite", "sqlite3", apt: "libsqlite3-dev"),
    system("CYAML", "yaml-0.1", apt: "libyaml-dev"),
    system("CCrypto", "libcrypto", apt: "libssl-dev"),
    module("JSON"),
    module("YAML", ["CYAML"]),
    module("Transport"),
    .target(name: "CBlockPool"),
    module("HTTP2", ["CBlockPool", "CNGHTTP2", "Transport"]),
    module("GRPC", ["HTTP2", "Transport"]),
    module("Measurement"),
    module("Protobuf"),
    module("DruckerProtocol", ["GRPC", "Protobuf"], exclude: ["Protos"]),
    module("KubernetesAPI", ["JSON"]),

    // The world.
    .target(name: "CInterpose"),
    module("SimulationKernel", ["CInterpose", "CCrypto"]),
    module("SimulatedNetwork", ["SimulationKernel", "Transport"]),
    module("FakeKubernetes", ["JSON", "KubernetesAPI", "SimulationKernel"]),
    module(
      "Fidelity", ["FakeKubernetes", "JSON", "KubernetesAPI", "SimulationKernel"]),
    module("Files"),
    module("ModelStorage"),
    module("SQLite", ["CSQLite"]),
    module("AssignmentStore", ["SQLite"]),

    // The platform.
    module(
      "DruckerServing",
      [
        "AssignmentStore", "DruckerProtocol", "GRPC", "HTTP2", "JSON", "ModelStorage", "Protobuf",
        "Transport", "YAML",
      ]),
    module("DigitsPredictor", ["DruckerProtocol", "DruckerServing", "ModelStorage"]),
    module("Ingress", ["HTTP2", "Transport"]),
    module(
      "DruckerClient", ["DruckerProtocol", "GRPC", "HTTP2", "JSON", "Protobuf", "Transport"]),
    module("DruckerDashboard", ["DruckerClient", "JSON", "KubernetesAPI", "SQLite"]),

    // Assembly.
    module(
      "Scenario",
      [
        "AssignmentStore", "DigitsPredictor", "DruckerClient", "DruckerDashboard",
        "DruckerProtocol", "DruckerServing", "FakeKubernetes", "GRPC", "HTTP2", "Ingress", "JSON",
        "KubernetesAPI", "Measurement", "ModelStorage", "Protobuf", "SQLite", "SimulatedNetwork",
        "SimulationKernel",
        "Transport", "YAML",
      ],
      // The page of a report, from `PackageResources`: no bundle has to be found at run time.
      resources: [
        "page.html", "page.css", "format.js", "scale.js", "series.js", "signs.js", "panels.js",
        "gantt.js", "chart.js", "summary.js", "story.js", "page.js",
      ].map { .embedInCode("Reporting/Page/" + $0) }),
    .target(name: "CEpoll"),
    .target(
      name: "CTLS", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    module(
      "LiveTransport",
      [
        "AssignmentStore", "CEpoll", "CTLS", "DruckerClient", "DruckerProtocol", "DruckerServing",
        "GRPC", "HTTP2",
        "Ingress",
        "ModelStorage", "Transport", "YAML",
      ]),
    module(
      "LoadGenerator",
      [
        "DruckerClient", "DruckerProtocol", "Files", "GRPC", "HTTP2", "LiveTransport",
        "Measurement", "Transport",
      ]),
    module(
      "Andruck",
      [
        "DruckerClient", "DruckerProtocol", "DruckerServing", "FakeKubernetes", "Files", "GRPC",
        "JSON", "KubernetesAPI", "Measurement", "ModelStorage", "Scenario", "SimulationKernel",
        "YAML",
      ]),
    // Imports Testing, which nothing but tests may be linked with.
    module("AndruckTesting", ["Andruck"]),
    .executableTarget(
      name: "AndruckCommand",
      dependencies: [
        "AssignmentStore", "DigitsPredictor", "DruckerClient", "DruckerProtocol", "DruckerServing",
        "Files", "GRPC", "HTTP2", "Ingress", "JSON", "LiveTransport", "LoadGenerator",
        "Measurement", "ModelStorage", "Scenario", "SimulationKernel", "Transport", "YAML",
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "KubernetesBenchmarks",
      dependencies: ["FakeKubernetes", "JSON", "KubernetesAPI", "SimulationKernel"],
      path: "Benchmarks/Kubernetes", swiftSettings: strict),
    .executableTarget(
      name: "FidelityCommand", dependencies: ["FakeKubernetes", "Fidelity", "Files", "JSON"],
      swiftSettings: strict),

    // Tests mirror the tree.
    .target(
      name: "TestSupport", dependencies: ["Files", "Transport"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("JSON", ["JSON"]),
    tests("YAML", ["YAML"]),
    tests("Measurement", ["Measurement"]),
    tests("HTTP2", ["CNGHTTP2", "HTTP2", "Transport"]),
    tests("GRPC", ["GRPC", "HTTP2", "Transport"]),
    tests("DruckerProtocol", ["DruckerProtocol", "Protobuf", "GRPC"]),
    tests("KubernetesAPI", ["KubernetesAPI", "JSON"]),
    tests("SimulationKernel", ["SimulationKernel"]),
    tests("SimulatedNetwork", ["SimulatedNetwork", "SimulationKernel", "Transport"]),
    tests(
      "FakeKubernetes",
      ["FakeKubernetes", "Fidelity", "KubernetesAPI", "JSON", "SimulationKernel"]),
    tests("ModelStorage", ["ModelStorage"]),
    tests("AssignmentStore", ["AssignmentStore", "SQLite"]),
    tests(
      "DruckerServing",
      [
        "DruckerServing", "DigitsPredictor", "DruckerProtocol", "GRPC", "HTTP2", "JSON",
        "ModelStorage", "AssignmentStore", "Protobuf", "Transport", "DruckerClient",
      ]),
    tests(
      "DigitsPredictor",
      ["DigitsPredictor", "DruckerProtocol", "DruckerServing", "JSON", "ModelStorage"]),
    tests(
      "DruckerClient",
      [
        "DruckerClient", "DruckerProtocol", "GRPC", "HTTP2", "Ingress", "Protobuf", "Transport",
      ]),
    tests("Ingress", ["GRPC", "HTTP2", "Ingress", "Transport"]),
    tests(
      "DruckerDashboard",
      ["DruckerDashboard", "KubernetesAPI", "FakeKubernetes", "JSON", "SQLite", "SimulationKernel"]),
    .target(
      name: "UserPredictor", dependencies: ["DruckerServing", "ModelStorage"],
      path: "Tests/UserPredictor", swiftSettings: strict),
    tests(
      "Scenario",
      [
        "UserPredictor", "Andruck", "Scenario", "JSON", "Measurement", "SimulationKernel",
        "DruckerServing",
      ]),
    tests(
      "Andruck",
      ["Andruck", "AndruckTesting", "Scenario", "SimulationKernel", "UserPredictor", "YAML"]),
    tests(
      "LiveTransport",
      [
        "AssignmentStore", "DigitsPredictor", "DruckerClient", "DruckerProtocol", "DruckerServing",
        "Files", "GRPC", "HTTP2", "Ingress", "LiveTransport", "ModelStorage", "Protobuf",
        "Transport", "YAML",
      ]),
    tests(
      "LoadGenerator",
      [
        "DruckerClient", "DruckerProtocol", "GRPC", "HTTP2", "LoadGenerator", "Measurement",
        "Transport",
      ]),
    tests("AndruckCommand", ["AndruckCommand", "Scenario"]),
    tests("Tidy", []),
  ],
  swiftLanguageModes: [.v6]
)
