import Foundation
import TestSupport
import Testing

/// gicscope hands over to the program of this package, which is built beside it.
@Suite("bench lpi, and the model on its stores")
struct LPICommandTests {
  @Test("Every store and workload asked for has a result, beside the default")
  func benchmark() throws {
    let result = try BuiltProgram.run([
      "bench", "lpi", "--quick", "--stores", "kvm-xarray", "--workloads",
      "linux-100/lookup-random,stress-2x3x4/burst-5", "--json",
    ])
    #expect(result.status == 0)
    let document = try object(result.output)
    let results = try #require(document["results"] as? [[String: Any]])
    #expect(results.map { $0["store"] as? String } == ["packed", "kvm-xarray", "packed", "kvm-xarray"])
    #expect(results.allSatisfy { $0["median_ns"] is Double && $0["idle_bytes_per_lpi"] is Double })
    #expect((document["disagreements"] as? [String])?.isEmpty == true)
    #expect((document["caveat"] as? String)?.contains("no locks") == true)
  }

  @Test("A capture's LPI traffic is a workload; pages and documents are written")
  func files() throws {
    try BuiltProgram.withDirectory { directory in
      let place = { directory.appendingPathComponent($0).path }
      #expect(
        try BuiltProgram.run(["generate", "stress-2x3x4/burst-5", "-o", place("a.pcap.lz4"), "--quiet"]).status == 0)
      try "before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n"
        .write(toFile: place("study.md"), atomically: true, encoding: .utf8)
      let result = try BuiltProgram.run([
        "bench", "lpi", "--quick", "--stores", "dictionary", "--workloads", "none", "--capture", place("a.pcap.lz4"),
        "--html",
        place("a.html"),
        "--svg", place("a.svg"), "--markdown", place("study.md"),
      ])
      #expect(result.status == 0)
      #expect(result.output.contains("a.pcap.lz4  12 LPIs"))
      let study = try String(contentsOfFile: place("study.md"), encoding: .utf8)
      #expect(study.hasPrefix("before\n<!-- figures: begin -->\nMeasured "))
      #expect(study.hasSuffix("<!-- figures: end -->\nafter\n") && !study.contains("old"))
      #expect(try String(contentsOfFile: place("a.html"), encoding: .utf8).contains("</svg>"))
      #expect(try String(contentsOfFile: place("a.svg"), encoding: .utf8).hasPrefix("<svg"))
    }
  }

  @Test(
    "What is generated is verified, on any store", arguments: ["packed", "reference", "xen-table", "tree-dictionary"])
  func verified(store: String) throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appendingPathComponent("a.pcap.lz4").path
      let written = try BuiltProgram.run(["generate", "linux-60/reconfigure", "-o", capture])
      #expect(written.status == 0)
      #expect(written.errors.contains("60 MSIs, 60 acknowledges"))
      let result = try BuiltProgram.run(["verify", "--lpi-store", store, capture])
      #expect(result.status == 0)
      #expect(result.output.contains("predictions agreed"))
    }
  }

  @Test(
    "Names that mean nothing are errors of usage",
    arguments: [
      ["bench", "lpi", "--stores", "nothing"], ["bench", "lpi", "--workloads", "nothing"],
      ["bench", "lpi", "--markdown", "/dev/null"],
      ["verify", "--lpi-store", "nothing", "-"],
    ]
  )
  func usage(arguments: [String]) throws {
    let result = try BuiltProgram.run(arguments)
    #expect(result.status == 2)
    #expect(!result.errors.isEmpty)
  }
}
