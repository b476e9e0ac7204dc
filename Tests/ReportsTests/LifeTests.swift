import Foundation
import InterruptTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

@Suite("Lives of interrupts")
struct LifeTests {
  private func lives(_ transitions: [Transition]) throws -> [InterruptLife] {
    var lives: [InterruptLife] = []
    let analysis = Analysis { lives += $0 }
    try transitions.withUnsafeBufferPointer {
      try analysis.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0))
    }
    try analysis.closeLives()
    return lives
  }

  private func step(
    _ kind: TransitionKind, _ time: UInt64, _ intid: UInt32 = 8192, pe: UInt32 = 1, a: UInt64 = 0, b: UInt64 = 0
  ) -> Transition { Transition(time: time, event: time / 10, kind: kind, pe: pe, intid: intid, a: a, b: b) }

  private let msi = UInt64(PendingCause.msi.rawValue)

  @Test("From message to end")
  func complete() throws {
    let life = try #require(
      lives([
        step(.pending, 100, a: msi, b: 0x18 << 32 | 5), step(.merged, 110, a: msi), step(.acknowledged, 130),
        step(.endOfInterrupt, 200, a: 1),
      ]).first
    )
    #expect(life.outcome == .ended)
    #expect((life.deviceID, life.eventID, life.merged, life.pe) == (0x18, 5, 1, 1))
    #expect((life.pendingEvent, life.acknowledgeEvent, life.endEvent) == (10, 13, 20))
    #expect(life.shown == [.pending, .acknowledge, .end, .source])
    #expect(life.span(.injectionToEOI)?.length == 100)
    #expect(life.span(.acknowledgeToDeactivate) == nil)
    #expect(life.pendingCause == .msi)
  }

  @Test("An SPI lives until it is deactivated")
  func deactivated() throws {
    let all = try lives([
      step(.pending, 10, 40), step(.acknowledged, 20, 40), step(.endOfInterrupt, 30, 40), step(.deactivated, 50, 40),
    ])
    #expect(all.count == 1)
    #expect(all[0].span(.acknowledgeToDeactivate)?.length == 30)
    #expect(all[0].span(.acknowledgeToEOI)?.length == 10)
  }

  @Test("What did not end says how")
  func outcomes() throws {
    let all = try lives([
      step(.pending, 10, 40), step(.pendingCleared, 20, 40),
      step(.acknowledged, 30, 41), step(.acknowledged, 40, 41),
      step(.pending, 50, 42),
    ])
    #expect(all.map(\.outcome) == [.withdrawn, .acknowledgedAgain, .pendingAtEnd, .activeAtEnd])
    #expect(all[0].endTime == 20)
    #expect(all[1].shown == [.acknowledge])
  }

  @Test("Every latency is a life's, and no life has another", arguments: BundledCapture.small)
  func sameAsDistributions(capture: String) throws {
    final class Counter: AnalysisOutput {
      var spans: [String: (UInt64, UInt64)] = [:]
      func consume(_ batch: ReplayBatch) {}
      func consume(lives: UnsafeBufferPointer<InterruptLife>) {
        for life in lives {
          for stage in LatencyStage.allCases {
            guard let span = life.span(stage) else { continue }
            let name = "\(life.interruptClass.name) \(stage.name)"
            spans[name, default: (0, 0)].0 += 1
            spans[name]!.1 = max(spans[name]!.1, span.length)
          }
        }
      }
      func finish(_ report: AnalysisReport) {}
    }
    let counter = Counter()
    let report = try BundledCapture.analyse(capture) { _ in [counter] }
    #expect(!report.results.latency.isEmpty)
    #expect(counter.spans.count == report.results.latency.count)
    for row in report.results.latency {
      let counted = counter.spans["\(row.interruptClass.name) \(row.stage.name)"]
      #expect(counted?.0 == row.distribution.count)
      #expect(counted?.1 == row.distribution.max)
    }
  }

  @Test(
    "Guests' lives are as many as their acknowledges, or as what entries took in",
    arguments: ["nested-gicv3", "nested-gicv2", "gicv4", "kvm-one-second/trace.dat"])
  func guests(capture: String) throws {
    final class Counter: AnalysisOutput {
      var acknowledged: UInt64 = 0
      var takenIn: UInt64 = 0
      var ended: [InterruptLife] = []
      func consume(_ batch: ReplayBatch) {}
      func consume(lives: UnsafeBufferPointer<InterruptLife>) {
        for life in lives where life.isVirtual {
          if life.shown.contains(.acknowledge) { acknowledged += 1 }
          if life.domain > 0, life.shown.isSuperset(of: [.pending, .listed]) { takenIn += 1 }
          if life.outcome == .ended { ended.append(life) }
        }
      }
      func finish(_ report: AnalysisReport) {}
    }
    let counter = Counter()
    let report = try BundledCapture.analyse(capture) { _ in [counter] }
    #expect(counter.acknowledged == report.results.virtual.acknowledges)
    let injected = report.results.kvm.flatMap(\.delays).filter { $0.stage == .injectionToEntry }
    #expect(counter.takenIn == injected.reduce(0) { $0 + $1.distribution.count })
    #expect(counter.ended.count > 100)
    for life in counter.ended {
      if life.shown.isSuperset(of: [.listed, .acknowledge]) { #expect(life.listedEvent <= life.acknowledgeEvent) }
      if life.shown.isSuperset(of: [.listed, .deactivation]) { #expect(life.listedEvent <= life.deactivationEvent) }
    }
    // From below, the greatest of a class is that of the distributions.
    let worst = report.results.virtual.latency.filter { [.listedToEOI, .pendingToEOI].contains($0.stage) }
    if !worst.isEmpty {
      #expect(counter.ended.compactMap { $0.guestSpan?.length }.max() == worst.map(\.distribution.max).max())
    }
  }

  @Test("A line for each interrupt, in both formats")
  func table() throws {
    let life = [
      step(.pending, 100, a: msi, b: 0x18 << 32 | 5), step(.acknowledged, 130), step(.endOfInterrupt, 200, a: 1),
    ]
    func text(_ format: EventPrinter.Format) throws -> [String] {
      var bytes: [UInt8] = []
      let table = LifeTable(format) { bytes += $0 }
      try lives(life).withUnsafeBufferPointer { try table.consume(lives: $0) }
      try table.finish(try BundledCapture.analyse("gicv2-ipi-qemu10"))
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    let csv = try text(.csv)
    #expect(csv.count == 2)
    #expect(csv[0].split(separator: ",").count == 25)
    #expect(csv[1] == "0,1,8192,LPI,msi,,24,5,0,0,,100,,130,200,,10,,13,20,,,ended,derived,0")
    #expect(
      try text(.jsonl) == [
        #"{"domain":0,"pe":1,"intid":8192,"class":"LPI","cause":"msi","device_id":24,"event_id":5,"priority":0,"#
          + #""merged":0,"pending_ns":100,"acknowledged_ns":130,"ended_ns":200,"pending_event":10,"#
          + #""acknowledged_event":13,"ended_event":20,"outcome":"ended","certainty":"derived"}"#
      ]
    )
  }
}
