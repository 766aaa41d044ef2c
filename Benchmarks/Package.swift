// swift-tools-version: 6.2
import PackageDescription

// The nested package of what `make bench` measures, so that nobody who uses Andruck builds it.
let package = Package(
  name: "andruck-benchmarks",
  dependencies: [.package(name: "andruck", path: "..")],
  targets: [
    // Counts allocations, and knows what libnghttp2 alone costs.
    .target(name: "CBenchmarks", linkerSettings: [.linkedLibrary("nghttp2")]),
    .executableTarget(
      name: "AndruckBenchmarks",
      dependencies: [
        "CBenchmarks",
        .product(name: "Andruck", package: "andruck"),
        .product(name: "AndruckLive", package: "andruck"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
