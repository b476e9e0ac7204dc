import Testing

@testable import Analyzers
@testable import Reports

@Suite("Heat map of latencies")
struct LatencyHeatTests {
  @Test("A latency is in the half octave whose bounds hold it")
  func bins() {
    let edges = (0..<64 as Range<UInt64>).flatMap {
      [(1 << $0) &- 1, 1 << $0, (1 << $0) &+ 1, (3 << $0) >> 1] as [UInt64]
    }
    for latency in edges + [.max] {
      let bin = LatencyHeat.bin(latency)
      #expect(LatencyHeat.least(bin) <= latency, "\(latency)")
      #expect(latency < LatencyHeat.least(bin + 1) || latency == .max, "\(latency)")
    }
    #expect(LatencyHeat.bin(.max) == LatencyHeat.bins - 1)
  }

  @Test("Spans that are joined lose no interrupt")
  func joined() {
    var heat = LatencyHeat()
    heat.begin(at: 0)
    for i in 0..<5000 as Range<UInt64> { heat.add(i * 7, at: i * 1_000_000, i % 2 == 0 ? .sgi : .lpi) }
    let columns = heat.series.spans
    #expect(columns.count <= 128)
    for interruptClass in [InterruptClass.sgi, .lpi] {
      let place = Int(interruptClass.rawValue)
      #expect(columns.reduce(0) { $0 + $1.sums[place].count } == 2500)
      #expect(columns.flatMap { $0.counts[place] }.reduce(0, +) == 2500)
    }
  }
}
