// swift-tools-version: 6.2
import PackageDescription

// Instruction counts of the LPI store's core operations beside those of a C version of the same structure.
// `make instructions` counts both with callgrind.
// As gicscope's own manifest has it, so that both are compiled for the same processor.
#if arch(x86_64)
  let machineFlags = Context.environment["GICSCOPE_PORTABLE"] == nil ? ["-march=x86-64-v2"] : []
#else
  let machineFlags: [String] = []
#endif

let package = Package(
  name: "gicscope-instructions",
  dependencies: [.package(name: "gicscope", path: "../..")],
  targets: [
    .target(name: "CPackedStore", cSettings: [.unsafeFlags(machineFlags)]),
    .executableTarget(
      name: "instructions",
      dependencies: [
        "CPackedStore", .product(name: "LPIStore", package: "gicscope"),
        .product(name: "LPIWorkloads", package: "gicscope"),
      ],
      swiftSettings: [.unsafeFlags(machineFlags.flatMap { ["-Xcc", $0] })]
    ),
  ],
  swiftLanguageModes: [.v6]
)
