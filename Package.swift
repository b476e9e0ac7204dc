// swift-tools-version: 6.2
import PackageDescription

// x86-64-v2 is what every x86 server since 2009 has; with it, population counts are one instruction, which takes a third off a
// look at a packed LPI store. GICSCOPE_PORTABLE=1 builds for any x86-64.
#if arch(x86_64)
  let machineFlags = Context.environment["GICSCOPE_PORTABLE"] == nil ? ["-march=x86-64-v2"] : []
#else
  let machineFlags: [String] = []
#endif

let package = Package(
  name: "gicscope",
  products: [
    .library(name: "InterruptTrace", targets: ["InterruptTrace"]),
    .library(name: "TraceImporters", targets: ["TraceImporters"]),
    .library(name: "LPIStore", targets: ["LPIStore"]),
    .library(name: "LPIWorkloads", targets: ["LPIWorkloads"]),
    .library(name: "GICModel", targets: ["GICModel"]),
    .library(name: "HypervisorModel", targets: ["HypervisorModel"]),
    .library(name: "Replay", targets: ["Replay"]),
    .library(name: "Analyzers", targets: ["Analyzers"]),
    .library(name: "Reports", targets: ["Reports"]),
    .library(name: "TimeTravel", targets: ["TimeTravel"]),
    .library(name: "HostRecorder", targets: ["HostRecorder"]),
    .library(name: "GicscopeCommands", targets: ["GicscopeCommands"]),
    .library(name: "TestSupport", targets: ["TestSupport"]),
    .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    .executable(name: "gicscope", targets: ["gicscope"]),
  ],
  dependencies: [
    // Subcommands, help texts, shell completion: nothing of our own is worth its upkeep.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The web server of `gicscope serve`. Small servers that build in seconds have no limits on heads, bodies and
    // connections and no time-outs for what a client leaves undone; this one has.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    // Perfetto's format is protocol buffers; the generated code is committed, so that no protoc is needed. No traits: none is
    // used, and SwiftPM passes several in random order, so that a new build plan would compile all of it again.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    // Budgets are YAML, as the files of the build servers that they stand beside: comments, no brackets. Its scalars and its
    // indentation are nothing to read by hand.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Templates of the HTML report: pages are written as pages, and every value in them is escaped.
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // System libraries. liblz4 holds the native file's hot path; zlib, zstd and lzma read what users
    // compress their logs with; libpcap reads every pcap dialect that is not ours.
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    // The database of results. SQLite itself, not GRDB: what is needed is to create tables and to insert rows fast, which
    // is a page of code, while GRDB takes two minutes to build and half the speed.
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    // SHA-256 digests of the captures of a fleet. swift-crypto has them too, and takes a minute and a half to build.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // CTF traces of LTTng.
    .systemLibrary(name: "CBabeltrace2", pkgConfig: "babeltrace2", providers: [.apt(["libbabeltrace2-dev"])]),
    .target(name: "CBabeltrace2Guard", dependencies: ["CBabeltrace2"]),
    // `fopencookie` needs _GNU_SOURCE, which Swift's Glibc module does not set.
    .target(name: "CStreams"),
    .target(name: "InterruptTrace", dependencies: ["CLZ4", "CPcap", "CZstd", "CZlib", "CLZMA", "CStreams"]),
    // trace.dat compresses its sections with zlib or zstd. It is read here and not through libtracecmd and
    // libtraceevent: those take 512 M instructions to open a file of 2 MB (they read the kernel's symbols) and 380 M to
    // read its records, before one is decoded, where the whole import here takes 310 M, 18 M of them to open; and they
    // take the lengths in a file as they are, while nothing in a capture is trusted here.
    .target(
      name: "TraceImporters", dependencies: ["InterruptTrace", "CZlib", "CZstd", "CBabeltrace2", "CBabeltrace2Guard"]),
    .target(name: "LPIStore"),
    // Synthetic LPI workloads, and captures of them.
    .target(name: "LPIWorkloads", dependencies: ["InterruptTrace", "LPIStore"]),
    .target(name: "GICModel", dependencies: ["InterruptTrace", "LPIStore"]),
    // Software that drives the controller: KVM's VGIC.
    .target(name: "HypervisorModel", dependencies: ["InterruptTrace", "GICModel"]),
    .target(
      name: "Replay",
      dependencies: ["InterruptTrace", "GICModel", "HypervisorModel"]
    ),
    .target(name: "Analyzers", dependencies: ["InterruptTrace", "HypervisorModel", "Replay"]),
    // Generated from perfetto_trace.proto.
    .target(
      name: "PerfettoTrace",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["perfetto_trace.proto"]
    ),
    .target(
      name: "Reports",
      dependencies: [
        "Analyzers", "CSQLite", "CZlib", "GICModel", "HypervisorModel", "InterruptTrace", "PerfettoTrace",
        "Replay",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("HTML/Page")]
    ),
    // A capture in the browser, at any event.
    .target(
      name: "TimeTravel",
      dependencies: [
        "Analyzers", "GICModel", "InterruptTrace", "Replay", "Reports",
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Page")]
    ),
    // Records a KVM host: what to trace on its kernel, and the tracing itself.
    .target(name: "HostRecorder"),
    // The command line: parsing, progress, exit codes. A library, because the LPI benchmark's program uses it too.
    .target(
      name: "GicscopeCommands",
      dependencies: [
        "CCrypto", "InterruptTrace", "TraceImporters", "LPIStore", "LPIWorkloads", "GICModel", "HypervisorModel",
        "Replay", "Analyzers", "Reports", "TimeTravel", "HostRecorder",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ]
    ),
    // The plugin names the commit in the program itself, so that another commit recompiles nothing else.
    .executableTarget(name: "gicscope", dependencies: ["GicscopeCommands"], plugins: ["BuildCommit"]),
    .plugin(name: "BuildCommit", capability: .buildTool(), path: "Sources/BuildCommit"),
    // Drives Chromium, where it is installed, in the tests of pages.
    .target(name: "HeadlessBrowser", path: "Tests/HeadlessBrowser"),
    .testTarget(
      name: "InterruptTraceTests", dependencies: ["InterruptTrace", "CLZ4", "CLZMA", "CPcap", "CZlib", "CZstd"]),
    .testTarget(name: "TraceImportersTests", dependencies: ["InterruptTrace", "TraceImporters", "CZlib", "CZstd"]),
    // Shared by the tests of this package and those of the LPI benchmark.
    .target(
      name: "TestSupport",
      dependencies: ["GICModel", "InterruptTrace", "LPIStore", "LPIWorkloads", "Replay", "TraceImporters"],
      path: "Tests/TestSupport"),
    // What each fuzz target does with its input: run by libFuzzer in Tests/Fuzz, and on the seeds here.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Analyzers", "GICModel", "GicscopeCommands", "InterruptTrace", "Replay", "Reports", "TimeTravel",
        "TraceImporters", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Tests/FuzzTargets"),
    .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "TestSupport"]),
    .testTarget(name: "LPIStoreTests", dependencies: ["LPIStore", "TestSupport"]),
    .testTarget(
      name: "LPIWorkloadsTests", dependencies: ["TestSupport", "LPIWorkloads", "Replay", "TraceImporters"]),
    .testTarget(name: "GICModelTests", dependencies: ["GICModel", "InterruptTrace"]),
    .testTarget(name: "HypervisorModelTests", dependencies: ["HypervisorModel", "InterruptTrace"]),
    .testTarget(
      name: "ReplayTests",
      dependencies: [
        "Replay", "GICModel", "HypervisorModel", "InterruptTrace", "LPIStore", "TestSupport", "TraceImporters",
      ]
    ),
    .testTarget(
      name: "AnalyzersTests",
      dependencies: [
        "Analyzers", "GICModel", "HypervisorModel", "InterruptTrace", "Replay", "Reports", "TraceImporters",
      ]
    ),
    .testTarget(
      name: "TimeTravelTests",
      dependencies: [
        "Analyzers", "HeadlessBrowser", "InterruptTrace", "TimeTravel", "Reports", "Replay",
        "TraceImporters",
      ]
    ),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Analyzers", "CSQLite", "GICModel", "HeadlessBrowser", "InterruptTrace", "PerfettoTrace", "Replay", "Reports",
        "TraceImporters",
      ]
    ),
    .testTarget(name: "HostRecorderTests", dependencies: ["HostRecorder", "InterruptTrace", "TraceImporters"]),
    .testTarget(name: "CommandLineTests", dependencies: ["gicscope", "HeadlessBrowser", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// The libraries' documentation, for `make docs`: Apple's own generator of pages. No other build fetches it.
if Context.environment["GICSCOPE_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

for target in package.targets where [.regular, .executable].contains(target.type) && !machineFlags.isEmpty {
  let release = BuildSettingCondition.when(configuration: .release)
  target.cSettings = [.unsafeFlags(machineFlags, release)]
  target.swiftSettings = [.unsafeFlags(machineFlags.flatMap { ["-Xcc", $0] }, release)]
}
