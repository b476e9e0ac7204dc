// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The competitors of the LPI store and the benchmark that measures them. The main package does not depend on it:
// `gicscope bench lpi` runs the program that this one builds into the same folder (`make lpi-bench`).

// Libraries that the LPI store is compared with, where all of them are installed (libjudy-dev, libroaring-dev,
// libabsl-dev).
let hasPeers = ["Judy.h", "roaring/roaring.h", "absl/container/flat_hash_map.h"]
  .allSatisfy { FileManager.default.fileExists(atPath: "/usr/include/" + $0) }
let peerLibraries = [
  "Judy", "roaring", "absl_raw_hash_set", "absl_hash", "absl_city", "absl_low_level_hash", "absl_hashtablez_sampler",
  "absl_throw_delegate",
]
let peerTargets: [Target] =
  hasPeers ? [.target(name: "CLPIPeers", linkerSettings: peerLibraries.map { .linkedLibrary($0) })] : []
let peers: [Target.Dependency] = hasPeers ? ["CLPIPeers"] : []

// As in the main package, so that everything is compiled for the same processor.
#if arch(x86_64)
  let machineFlags = Context.environment["GICSCOPE_PORTABLE"] == nil ? ["-march=x86-64-v2"] : []
#else
  let machineFlags: [String] = []
#endif

func gicscope(_ products: String...) -> [Target.Dependency] {
  products.map { .product(name: $0, package: "gicscope") }
}

let package = Package(
  name: "gicscope-lpi",
  products: [.executable(name: "gicscope-lpi", targets: ["gicscope-lpi"])],
  dependencies: [
    .package(name: "gicscope", path: "../.."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // TreeDictionary, a competitor.
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
  ],
  targets: [
    // `mallinfo2` is not in Swift's Glibc module: what a store costs is asked of malloc, the same way for each.
    .target(name: "CHeapUse"),
    .target(
      name: "LPIBenchmark",
      dependencies: ["CHeapUse", .product(name: "HashTreeCollections", package: "swift-collections")]
        + gicscope("GICModel", "InterruptTrace", "LPIStore", "LPIWorkloads", "Replay", "Reports") + peers
    ),
    .executableTarget(
      name: "gicscope-lpi",
      dependencies: ["LPIBenchmark", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        + gicscope("GicscopeCommands", "InterruptTrace", "LPIWorkloads", "Replay", "Reports", "TraceImporters")
    ),
    .testTarget(
      name: "LPIBenchmarkTests",
      dependencies: ["LPIBenchmark"]
        + gicscope("LPIStore", "LPIWorkloads", "Replay", "TestSupport")
    ),
    // gicscope itself is built for the tests to run, and hands over to gicscope-lpi.
    .testTarget(name: "LPICommandTests", dependencies: ["gicscope-lpi"] + gicscope("TestSupport", "gicscope")),
  ] + peerTargets,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)

for target in package.targets where [.regular, .executable].contains(target.type) && !machineFlags.isEmpty {
  let release = BuildSettingCondition.when(configuration: .release)
  target.cSettings = [.unsafeFlags(machineFlags, release)]
  target.cxxSettings = [.unsafeFlags(machineFlags, release)]
  target.swiftSettings = [.unsafeFlags(machineFlags.flatMap { ["-Xcc", $0] }, release)]
}
