import Foundation
import HypervisorModel
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// Real captures of hypervisors: what list registers did, and what a replay with the same ones says that they did.
@Suite("List registers in real captures")
struct ListRegisterCaptureTests {
  private func open(_ path: String) throws -> ReplayEngine {
    let traces = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized
    return ReplayEngine(source: try openTrace(paths: [traces.appending(path: path).path]))
  }

  @Test(
    "With the capture's own list registers and policy the replay does what the hypervisor did",
    arguments: [
      ("nested-gicv3/trace.log.zst", true), ("nested-gicv2/trace.log.xz", true), ("gicv4/trace.log.zst", false),
      ("kvm-list-registers/gicv2-below.log.zst", true),
    ]
  )
  func same(path: String, switchesOff: Bool) throws {
    let analysis = Analysis()
    let replay = ListRegisterReplay(variants: [.init(policy: .kvmLegacy, count: 4)])
    try open(path).run { batch in
      try analysis.consume(batch)
      replay.consume(batch)
    }
    let banks = analysis.results.listRegisters.banks
    func sum(_ counter: (ListRegisterBank) -> UInt64) -> UInt64 { banks.reduce(0) { $0 + counter($1) } }
    let o = replay.results[0]
    #expect(o.loads > 0 && o.loads == sum(\.fills))
    // With GICv4 the interface stays enabled between loads.
    #expect(switchesOff ? o.entries == sum(\.entries) : o.entries >= sum(\.entries))
    #expect(o.overflowingEntries == sum(\.entriesWithMoreWaiting))
    #expect(o.maintenance == sum(\.maintenance))
    #expect([o.overflows, o.delays.count, o.lostEnds, o.merged, o.stalledEntries] == [0, 0, 0, 0, 0])
  }

  @Test("Fewer list registers: more wait, and nothing is left waiting", arguments: ListRegisterPolicy.allCases)
  func fewer(policy: ListRegisterPolicy) throws {
    let replay = ListRegisterReplay(variants: [1, 2, 4].map { .init(policy: policy, count: $0) })
    try open("nested-gicv3/trace.log.zst").run(replay.consume)
    let results = replay.results
    #expect(results[0].overflows > results[1].overflows && results[1].overflows >= results[2].overflows)
    // One that stayed in the only list register for ever would let every later entry overflow and ask for nothing.
    #expect(results[0].overflowingEntries < results[0].entries / 2)
    #expect(results[0].maintenance * 2 > results[0].overflows)
  }
}
