import Testing

@testable import Analyzers
@testable import Reports

@Suite("Percentiles on the page")
struct PagePercentileTests {
  private static func samples(_ count: UInt64) -> LatencyDistribution {
    LatencyDistribution(samples: [(100 as UInt64, count)], min: 100, max: 100, sum: 100 * Double(count))
  }

  @Test(
    "A percentile is shown from the number of samples on where one is expected beyond it",
    arguments: [(50, 1), (90, 10), (99, 100), (99.9, 1000), (99.99, 10000)] as [(Double, UInt64)])
  func needed(percent: Double, count: UInt64) {
    #expect(PagePercentile.needed(percent) == count)
    #expect(PagePercentile(percent, of: Self.samples(count)).text == "100 ns")
    guard count > 1 else { return }
    let few = PagePercentile(percent, of: Self.samples(count - 1))
    #expect(few.text == "–")
    #expect(few.reason?.contains("needs \(Units.count(count)) samples; there are \(Units.count(count - 1))") == true)
  }

  @Test("A curve ends at the last decade of percentiles that its samples suffice for")
  func curve() {
    for (count, nines) in [(1, 0.30103), (9, 0.30103), (10, 1), (999, 2), (1000, 3), (1_000_000, 4)]
      as [(UInt64, Double)]
    {
      #expect(PagePercentile.nines(count, atMost: 4) == nines)
    }
  }

  @Test("The page says why there is none")
  func page() throws {
    let page = try BundledCapture.analyse("its-and-preemption").html()
    #expect(page.contains("title=\"The 99.99th percentile needs 10,000 samples; there are "))
    #expect(page.contains("\">–</td>"))
  }
}
