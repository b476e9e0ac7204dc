// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets, one executable each. What a target does stands in Tests/FuzzTargets, which `make test` runs on its seeds; here
// is a folder Sources/Fuzz… with the one function `LLVMFuzzerTestOneInput`. Add its name here, and seeds in Seeds/NAME.
// `make fuzz` runs all.
let targets = [
  "FuzzAnalysis", "FuzzCompressedDat", "FuzzCTF", "FuzzDiff", "FuzzHTTP", "FuzzInput", "FuzzKernelText", "FuzzMerge",
  "FuzzModel", "FuzzNative", "FuzzPcap", "FuzzQEMULog", "FuzzTextEncoding", "FuzzTopology", "FuzzTrace", "FuzzTraceDat",
]

let package = Package(
  name: "gicscope-fuzz",
  dependencies: [.package(name: "gicscope", path: "../..")],
  targets: targets.map {
    .executableTarget(name: $0, dependencies: [.product(name: "FuzzTargets", package: "gicscope")])
  },
  swiftLanguageModes: [.v6]
)
