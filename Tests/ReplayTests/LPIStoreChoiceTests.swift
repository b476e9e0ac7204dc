import InterruptTrace
import LPIBenchmark
import LPIStore
import Testing
import TraceImporters

@testable import Replay

@Suite("The model on each LPI store")
struct LPIStoreChoiceTests {
  @Test(
    "Every transition is the same, in the same order, whatever the store", arguments: LPIContender.kinds.map(\.name))
  func sameTransitions(store: String) throws {
    let usual = try transitions(store: nil)
    let other = try transitions(store: LPIContender.kinds.first { $0.name == store })
    #expect(usual.count > 1000)
    #expect(usual == other)
  }

  /// What identifies each transition of the bundled capture that exercises the ITS most.
  private func transitions(store: LPIStoreKind?) throws -> [[UInt64]] {
    let capture = try #require(GoldenCapture.all.first { $0.name == "its-and-preemption" })
    var options = ReplayOptions()
    options.controller.lpiStore = store
    let engine = ReplayEngine(source: try openTrace(paths: [capture.log ?? ""]), options: options)
    var all: [[UInt64]] = []
    try engine.run { batch in
      for one in batch.transitions {
        all.append([one.event, UInt64(one.kind.rawValue), UInt64(one.pe), UInt64(one.intid), one.a, one.b])
      }
    }
    return all
  }
}
