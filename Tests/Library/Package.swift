// swift-tools-version: 6.2
import PackageDescription

// A package outside of gicscope's, as one of its users has: the program of the README. `make library-test` runs it.
let package = Package(
  name: "gicscope-library",
  dependencies: [.package(name: "gicscope", path: "../..")],
  targets: [
    .executableTarget(
      name: "library",
      dependencies: ["GICModel", "Replay", "TraceImporters"].map { .product(name: $0, package: "gicscope") })
  ],
  swiftLanguageModes: [.v6]
)
