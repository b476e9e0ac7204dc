import InterruptTrace
import Testing

@testable import Analyzers

@Suite("Latency of one interrupt")
struct LatencyTests {
  @Test("Each stage is measured from its first moment to its last")
  func stages() {
    let results = analyse([
      Make.pending(100, 40), Make.acknowledged(130, 40), Make.ended(200, 40), Make.deactivated(250, 40),
    ])
    #expect(results.only(.spi, .pendingToAcknowledge) == 30)
    #expect(results.only(.spi, .acknowledgeToEOI) == 70)
    #expect(results.only(.spi, .acknowledgeToDeactivate) == 120)
    #expect(results.only(.spi, .injectionToEOI) == 100)
    #expect(results.exclusions == LatencyExclusions())
  }

  @Test(
    "With EOImode 0 the end deactivates too, whether a deactivation of its own follows, precedes or lacks",
    arguments: 0...2)
  func endThatDeactivates(order: Int) {
    let end = Make.ended(200, 40, deactivates: true)
    let rest = [[end], [end, Make.deactivated(200, 40)], [Make.deactivated(200, 40), end]][order]
    let results = analyse([Make.pending(100, 40), Make.acknowledged(130, 40)] + rest)
    #expect(results.only(.spi, .acknowledgeToEOI) == 70)
    #expect(results.only(.spi, .acknowledgeToDeactivate) == 70)
    #expect(results.exclusions == LatencyExclusions())
  }

  @Test("An LPI is never active: it has no deactivation")
  func lpiHasNoDeactivation() {
    let results = analyse([
      Make.msi(100, 8192, device: 7), Make.acknowledged(110, 8192), Make.ended(150, 8192, deactivates: true),
    ])
    #expect(results.only(.lpi, .injectionToEOI) == 50)
    #expect(results.distribution(.lpi, .acknowledgeToDeactivate) == nil)
    #expect(results.exclusions == LatencyExclusions())
  }

  @Test("Over time, a latency counts where its interrupt became pending, by class")
  func overTime() {
    let results = analyse([
      Make.pending(100, 40), Make.acknowledged(130, 40), Make.ended(200, 40, deactivates: true),
      Make.pending(5000, 40), Make.acknowledged(5010, 40), Make.ended(5030, 40, deactivates: true),
    ])
    let series = results.latencyOverTime.first?.series
    #expect(results.latencyOverTime.map(\.interruptClass) == [.spi])
    #expect((series?.start, series?.width) == (100, 1024))
    #expect(series?.spans.map(\.count) == [1, 0, 0, 0, 1] && series?.spans.map(\.worst) == [100, 0, 0, 0, 30])
  }

  @Test("An LPI's latency is its device's too")
  func latencyByDevice() {
    let results = analyse([Make.msi(100, 8192, device: 0x18), Make.acknowledged(110, 8192), Make.ended(150, 8192)])
    let row = results.latencyByDevice.first { $0.stage == .injectionToEOI }
    #expect(row?.key == 0x18)
    #expect(row?.distribution.max == 50)
    #expect(row?.distribution.count == 1)
  }

  @Test("A PPI of one PE is not that of another")
  func privateInterruptsAreApart() {
    let results = analyse([
      Make.pending(100, 27, pe: 0), Make.pending(105, 27, pe: 1), Make.acknowledged(110, 27, pe: 1),
      Make.acknowledged(120, 27, pe: 0),
    ])
    let rows = results.latencyByPE.filter { $0.stage == .pendingToAcknowledge }
    #expect(rows.map(\.key) == [0, 1])
    #expect(rows.map(\.distribution.max) == [20, 5])
  }

  @Test("An SPI may be deactivated by another PE than the one that took it; the latency is the taker's")
  func deactivationElsewhere() {
    let results = analyse([
      Make.pending(100, 40, pe: PE.none), Make.acknowledged(110, 40, pe: 2), Make.ended(120, 40, pe: 2),
      Make.deactivated(150, 40, pe: 3),
    ])
    let row = results.latencyByPE.first { $0.stage == .acknowledgeToDeactivate }
    #expect(row?.key == 2)
    #expect(row?.distribution.max == 40)
  }

  @Test("An LPI that moves may be in service on two PEs at a time")
  func lpiOnTwoPEs() {
    let results = analyse([
      Make.msi(100, 8192, device: 1, pe: 0), Make.acknowledged(110, 8192, pe: 0),
      Make.msi(115, 8192, device: 1, pe: 1), Make.acknowledged(120, 8192, pe: 1),
      Make.ended(130, 8192, pe: 0), Make.ended(160, 8192, pe: 1),
    ])
    let rows = results.latencyByPE.filter { $0.stage == .acknowledgeToEOI }
    #expect(rows.map(\.distribution.max) == [20, 40])
    #expect(results.exclusions.neverEnded == 0)
  }

  @Test("An edge during the handler counts from the edge")
  func edgeWhileActive() {
    let results = analyse([
      Make.pending(100, 40), Make.acknowledged(110, 40), Make.pending(120, 40),
      Make.ended(150, 40, deactivates: true), Make.acknowledged(160, 40),
    ])
    let row = results.distribution(.spi, .pendingToAcknowledge)
    #expect(row?.count == 2)
    #expect(row?.max == 40)
    #expect(results.exclusions.resignalled == 0)
  }

  @Test("A level that stays high is pending again when its interrupt ends")
  func levelStaysHigh() {
    let results = analyse([
      Make.pending(100, 27), Make.acknowledged(110, 27, staysPending: true), Make.ended(150, 27),
      Make.deactivated(150, 27, stillPending: true), Make.acknowledged(155, 27, staysPending: true),
    ])
    #expect(results.distribution(.ppi, .pendingToAcknowledge)?.min == 5)
    #expect(results.distribution(.ppi, .pendingToAcknowledge)?.max == 10)
    #expect(results.exclusions.resignalled == 1)
  }

  @Test("A level that falls in the handler and rises after it counts from the rise")
  func levelFallsInHandler() {
    let results = analyse([
      Make.pending(100, 27), Make.acknowledged(110, 27, staysPending: true), Make.cleared(120, 27),
      Make.ended(150, 27, deactivates: true), Make.deactivated(150, 27), Make.pending(300, 27),
      Make.acknowledged(307, 27),
    ])
    #expect(results.distribution(.ppi, .pendingToAcknowledge)?.min == 7)
    #expect(results.exclusions.resignalled == 0)
  }

  @Test("GICv2: the second source's SGI counts from its own sending")
  func sgiOfTwoSources() {
    let results = analyse([
      Make.pending(100, 3, .sgi, b: 1), Make.pending(104, 3, .sgi, b: 2), Make.acknowledged(110, 3, staysPending: true),
      Make.ended(115, 3, deactivates: true), Make.acknowledged(120, 3),
    ])
    #expect(results.distribution(.sgi, .pendingToAcknowledge)?.min == 10)
    #expect(results.distribution(.sgi, .pendingToAcknowledge)?.max == 16)
  }
}

@Suite("What latency leaves out")
struct LatencyExclusionTests {
  @Test("What was pending before the capture has no injection, but has a handler")
  func pendingBeforeCapture() {
    let results = analyse([Make.acknowledged(110, 40), Make.ended(150, 40, deactivates: true)])
    #expect(results.exclusions.startUnknown == 1)
    #expect(results.distribution(.spi, .pendingToAcknowledge) == nil)
    #expect(results.distribution(.spi, .injectionToEOI) == nil)
    #expect(results.only(.spi, .acknowledgeToEOI) == 40)
  }

  @Test(
    "A pending state whose beginning is not shown has no injection",
    arguments: [PendingCause.observed, .pendingTable, .reset])
  func unknownBeginning(cause: PendingCause) {
    let results = analyse([Make.pending(100, 40, cause), Make.acknowledged(110, 40)])
    #expect(results.exclusions.startUnknown == 1)
    #expect(results.latency.isEmpty)
  }

  @Test("An assumed pending state has no injection")
  func assumedPending() {
    let results = analyse([Make.pending(100, 40, b: 0, .assumed), Make.acknowledged(110, 40)])
    #expect(results.exclusions.startUnknown == 1)
  }

  @Test("A message that merges with an unexplained pending state has no injection either")
  func mergedWithUnknown() {
    let results = analyse([Make.merged(100, 8192), Make.pending(105, 8192), Make.acknowledged(110, 8192)])
    #expect(results.exclusions.merged == 1)
    #expect(results.exclusions.startUnknown == 1)
  }

  @Test("A merged edge counts from the first edge")
  func mergedEdge() {
    let results = analyse([Make.pending(100, 40), Make.merged(105, 40), Make.acknowledged(110, 40)])
    #expect(results.only(.spi, .pendingToAcknowledge) == 10)
    #expect(results.exclusions.merged == 1)
  }

  @Test("What is pending or active at the end is counted apart")
  func unfinished() {
    let results = analyse([Make.pending(100, 40), Make.pending(101, 41), Make.acknowledged(110, 41)])
    #expect(results.exclusions.pendingAtEnd == 1)
    #expect(results.exclusions.activeAtEnd == 1)
    #expect(results.distribution(.spi, .acknowledgeToEOI) == nil)
  }

  @Test("A pending state that is taken away has no latency")
  func withdrawn() {
    let results = analyse([Make.pending(100, 40), Make.cleared(110, 40)])
    #expect(results.exclusions.withdrawn == 1)
    #expect(results.exclusions.pendingAtEnd == 0)
    #expect(results.latency.isEmpty)
  }

  @Test("An end without an acknowledge is counted apart")
  func endWithoutAcknowledge() {
    #expect(analyse([Make.ended(100, 40)]).exclusions.endWithoutAcknowledge == 1)
  }

  @Test("An interrupt acknowledged twice without an end is counted apart, and measured from the second")
  func neverEnded() {
    let results = analyse([Make.acknowledged(100, 8192), Make.acknowledged(200, 8192), Make.ended(210, 8192)])
    #expect(results.exclusions.neverEnded == 1)
    #expect(results.only(.lpi, .acknowledgeToEOI) == 10)
  }

  @Test("A span with a gap of its PE, or of all, in it is not measured", arguments: [0, PE.none])
  func gapOfThePE(pe: UInt32) {
    let results = analyse([Make.pending(100, 40), Make.gap(105, pe: pe), Make.acknowledged(110, 40)])
    #expect(results.exclusions.acrossGap == 1)
    #expect(results.latency.isEmpty)
  }

  @Test("A gap of another PE, or before the span, does not matter")
  func gapElsewhere() {
    let results = analyse([
      Make.gap(90), Make.pending(100, 40), Make.gap(105, pe: 1), Make.acknowledged(110, 40, pe: 0),
    ])
    #expect(results.only(.spi, .pendingToAcknowledge) == 10)
  }

  @Test("A span that ends in the window is measured whole, one that ends before it is not")
  func window() {
    let results = analyse(
      [
        Make.pending(100, 40), Make.acknowledged(110, 40), Make.ended(150, 40, deactivates: true),
        Make.pending(160, 41), Make.acknowledged(190, 41),
      ],
      from: 140
    )
    #expect(results.only(.spi, .pendingToAcknowledge) == 30)
    #expect(results.only(.spi, .injectionToEOI) == 50)
    #expect(results.summary.acknowledges == 1)
  }

  @Test("Stamps that step back give a span of 0, counted")
  func backwards() {
    let results = analyse([Make.pending(100, 40), Make.acknowledged(98, 40)])
    #expect(results.only(.spi, .pendingToAcknowledge) == 0)
    #expect(results.exclusions.backwards == 1)
  }
}
