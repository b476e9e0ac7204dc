import Foundation
import GICModel
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

/// The state that the model reconstructs, against the state that the emulator itself saved at the end of the capture.
@Suite("The controller's own saved state")
struct SavedStateTests {
  @Test("Every field is equal", arguments: ["its-and-preemption", "two-security-states"])
  func equal(capture: String) throws {
    let golden = try #require(GoldenCapture.all.first { $0.name == capture })
    let engine = ReplayEngine(source: try openTrace(paths: [golden.log ?? ""]))
    try engine.run()
    let state = engine.controller.state()
    let saved = try saved(GoldenCapture.folder.appending(path: "\(capture)/saved-state.json"))
    compareDistributor(try #require(state["distributor"]), saved)
    let pes = saved["cpu"] as? [[String: Any]] ?? []
    for (pe, cpu) in pes.enumerated() {
      compareRedistributor(try #require(state["redistributors"]?[pe]), cpu, pe)
      compareCPUInterface(try #require(state["cpu_interfaces"]?[pe]), cpu, pe)
    }
    #expect(!pes.isEmpty)
  }

  private func saved(_ file: URL) throws -> [String: Any] {
    let parts = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    return try #require(parts.first { $0.key.hasPrefix("arm_gicv3#") }?.value as? [String: Any])
  }

  private func compareDistributor(_ state: ValueTree, _ saved: [String: Any]) {
    #expect(state["GICD_CTLR"]?.integer == number(saved["gicd_ctlr"]))
    let bitmaps = ["enabled": "enabled", "pending": "pending", "active": "active", "level": "level", "group": "group"]
      .merging(["edge": "edge_trigger", "group_modifier": "grpmod"]) { old, _ in old }
    for interrupt in state["interrupts"]?.elements ?? [] {
      let intid = Int(interrupt["intid"]?.integer ?? 0)
      for (ours, theirs) in bitmaps {
        guard let value = interrupt[ours]?.integer else { continue }
        #expect(value == numbers(saved[theirs])[intid / 32] >> UInt64(intid % 32) & 1, "\(ours) of \(intid)")
      }
      #expect(interrupt["priority"]?.integer == numbers(saved["gicd_ipriority"])[intid], "priority of \(intid)")
      #expect(interrupt["GICD_IROUTER"]?.integer == numbers(saved["gicd_irouter"])[intid], "route of \(intid)")
      if let access = interrupt["nsacr"]?.integer {
        #expect(access == numbers(saved["gicd_nsacr"])[intid / 16] >> UInt64(intid % 16 * 2) & 3, "NSACR of \(intid)")
      }
    }
  }

  private func compareRedistributor(_ state: ValueTree, _ saved: [String: Any], _ pe: Int) {
    let registers = [
      "GICR_CTLR": "gicr_ctlr", "GICR_WAKER": "gicr_waker", "GICR_PROPBASER": "gicr_propbaser",
      "GICR_PENDBASER": "gicr_pendbaser", "GICR_IGROUPR0": "gicr_igroupr0", "GICR_IGRPMODR0": "gicr_igrpmodr0",
      "GICR_ISENABLER0": "gicr_ienabler0", "GICR_ISPENDR0": "gicr_ipendr0", "GICR_ISACTIVER0": "gicr_iactiver0",
      "GICR_NSACR": "gicr_nsacr",
    ]
    for (ours, theirs) in registers { #expect(state[ours]?.integer == number(saved[theirs]), "\(ours) of PE \(pe)") }
    for interrupt in state["interrupts"]?.elements ?? [] {
      let intid = Int(interrupt["intid"]?.integer ?? 0)
      #expect(interrupt["priority"]?.integer == numbers(saved["gicr_ipriorityr"])[intid], "priority of \(intid)")
    }
  }

  private func compareCPUInterface(_ state: ValueTree, _ saved: [String: Any], _ pe: Int) {
    let (points, enables) = (numbers(saved["icc_bpr"]), numbers(saved["icc_igrpen"]))
    let (priorities, controls) = (numbers(saved["icc_apr"]), numbers(saved["icc_ctlr_el1"]))
    let registers: [(String, UInt64)] = [
      ("ICC_PMR_EL1", number(saved["icc_pmr_el1"])), ("ICC_BPR0_EL1", points[0]), ("ICC_BPR1_EL1", points[2]),
      ("ICC_BPR1_EL1 (Secure)", points[1]), ("ICC_IGRPEN0_EL1", enables[0]), ("ICC_IGRPEN1_EL1", enables[2]),
      ("ICC_IGRPEN1_EL1 (Secure)", enables[1]), ("ICC_AP0R0_EL1", priorities[0]), ("ICC_AP1R0_EL1", priorities[8]),
      ("ICC_AP1R0_EL1 (Secure)", priorities[4]), ("ICC_CTLR_EL1", controls[1]), ("ICC_CTLR_EL1 (Secure)", controls[0]),
    ]
    for (name, value) in registers {
      guard let ours = state[name]?.integer else { continue }
      #expect(ours == value, "\(name) of PE \(pe)")
    }
  }

  private func number(_ value: Any?) -> UInt64 { (value as? NSNumber)?.uint64Value ?? .max }
  private func numbers(_ value: Any?) -> [UInt64] { (value as? [NSNumber])?.map(\.uint64Value) ?? [] }
}

extension ValueTree {
  fileprivate subscript(index: Int) -> ValueTree? { index < elements.count ? elements[index] : nil }

  fileprivate var integer: UInt64? {
    switch self {
    case .number(let value), .register(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }
}
