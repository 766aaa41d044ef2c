// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "andruck-benchmarks",
  dependencies: [.package(name: "andruck", path: "..")],
  targets: [
    .executableTarget(
      name: "AndruckBenchmarks",
      dependencies: [.product(name: "Andruck", package: "andruck")])
  ],
  swiftLanguageModes: [.v6]
)
