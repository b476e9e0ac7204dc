// swift-tools-version: 6.2
import PackageDescription

// Instruction counts of the LPI store's core operations beside those of a C version of the same structure.
// `make instructions` counts both with callgrind.
let package = Package(
  name: "gicscope-instructions",
  dependencies: [.package(name: "gicscope", path: "../..")],
  targets: [
    .target(name: "CPackedStore"),
    .executableTarget(
      name: "instructions",
      dependencies: [
        "CPackedStore", .product(name: "LPIStore", package: "gicscope"),
        .product(name: "LPIBenchmark", package: "gicscope"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)
