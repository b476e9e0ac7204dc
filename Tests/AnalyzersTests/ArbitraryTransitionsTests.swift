import InterruptTrace
import Testing

@testable import Analyzers
@testable import Reports

@Suite("Arbitrary transitions")
struct ArbitraryTransitionsTests {
  /// The same numbers for a seed, always (SplitMix64).
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    /// Small, at the edges, or anything.
    mutating func number() -> UInt64 {
      switch next() % 4 {
      case 0: next() % 8
      case 1: next() % 10_000
      case 2: .max - next() % 3
      default: next()
      }
    }
  }

  private func transitions(_ seed: UInt64) -> [Transition] {
    var random = Random(state: seed)
    return (0..<3000).map { _ in
      Transition(
        time: random.number(), event: random.number(), kind: TransitionKind.allCases.randomElement(using: &random)!,
        provenance: Provenance(rawValue: UInt8(random.next() % 4))!,
        domain: UInt16(truncatingIfNeeded: random.number()), pe: UInt32(truncatingIfNeeded: random.number()),
        intid: UInt32(truncatingIfNeeded: random.number()), priority: UInt32(truncatingIfNeeded: random.number()),
        a: random.number(), b: random.number())
    }
  }

  @Test("Whatever the transitions are, they are analysed and reported", arguments: 0..<40)
  func anything(seed: UInt64) {
    let results = analyse(transitions(seed), from: seed % 2 == 0 ? 0 : 5000)
    let trace = TraceSummary(
      path: "", format: TraceFormat(name: ""), events: .max, firstTime: 0, lastTime: .max, gaps: .max,
      statistics: ImportStatistics(), topology: Topology())
    let report = AnalysisReport(trace: trace, results: results, predictions: [])
    #expect(!report.text(TextStyle(isColoured: true)).isEmpty)
    #expect(!report.json.jsonText.isEmpty)
    #expect(report.html().hasSuffix("</html>\n"))
    for row in results.latency {
      #expect(row.distribution.buckets.reduce(0) { $0 + $1.count } == row.distribution.count)
      #expect(row.distribution.min <= row.distribution.percentile(50))
      #expect(row.distribution.percentile(50) <= row.distribution.percentile(99))
      #expect(row.distribution.percentile(99) <= row.distribution.max)
    }
  }
}
