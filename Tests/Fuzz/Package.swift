// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, one executable each. A target is a folder Sources/Fuzz… with one function
// `LLVMFuzzerTestOneInput`; add its name here, and seeds in Seeds/NAME. `make fuzz` runs all.
let targets = [
  "FuzzCompressedDat", "FuzzCTF", "FuzzInput", "FuzzKernelText", "FuzzMerge", "FuzzNative", "FuzzPcap", "FuzzQEMULog",
  "FuzzTextEncoding", "FuzzTrace", "FuzzTraceDat",
]

let package = Package(
  name: "gicscope-fuzz",
  dependencies: [.package(name: "gicscope", path: "../..")],
  targets: [
    .target(
      name: "FuzzSupport",
      dependencies: [
        .product(name: "InterruptTrace", package: "gicscope"), .product(name: "TraceImporters", package: "gicscope"),
      ]
    )
  ]
    + targets.map {
      .executableTarget(name: $0, dependencies: ["FuzzSupport"])
    },
  swiftLanguageModes: [.v6]
)
