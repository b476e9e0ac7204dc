import InterruptTrace
import Replay

/// Replays a capture's virtual interrupts against other numbers of list registers and other policies.
///
/// An interrupt arrives when the capture first shows it in a list register; from then on the policy decides when it is in
/// one. The guest takes it when it did in the capture, or as soon as it is listed and what it is late with is done if that
/// is later, and handles it for as long as it did. List registers are loaded when the hypervisor of the capture did, after
/// each maintenance interrupt that the policy asks for, and after an exit at which the guest has not taken what it had in
/// the capture. A PE stands for a vCPU.
public final class ListRegisterReplay {
  /// What a round trip for a maintenance interrupt is assumed to take unless something else is said, in ns.
  public static let assumedMaintenanceCost: UInt64 = 5000
  /// What a round trip to the hypervisor for a maintenance interrupt takes, in ns: an assumption.
  public let maintenanceCost: UInt64
  private let variants: [ListRegisterVariant]
  private var vCPUs: [UInt64: [ListRegisterSimulation]] = [:]

  /// A replay of nothing yet.
  public init(variants: [ListRegisterVariant], maintenanceCost: UInt64 = assumedMaintenanceCost) {
    self.variants = variants
    self.maintenanceCost = maintenanceCost
  }

  /// Takes in a batch.
  public func consume(_ batch: ReplayBatch) {
    for t in batch.transitions {
      switch t.kind {
      case .lrWritten, .lrFilled, .lrEmptied, .lrOverwritten, .virtualAcknowledged, .virtualEndOfInterrupt,
        .virtualDeactivated, .virtualInterfaceEnabled, .virtualInterfaceDisabled:
        take(t)
      default: break
      }
    }
  }

  private func take(_ t: Transition) {
    let key = UInt64(t.domain) << 32 | UInt64(t.pe)
    if vCPUs[key] == nil {
      // So many that no hardware has more.
      guard vCPUs.count < 4096 else { return }
      vCPUs[key] = variants.map { ListRegisterSimulation($0, maintenanceCost: maintenanceCost) }
    }
    for simulation in vCPUs[key] ?? [] { simulation.take(t) }
  }

  /// One row for each variant, in the order given.
  public var results: [ListRegisterOutlook] {
    variants.indices.map { i in
      let parts = vCPUs.sorted { $0.key < $1.key }.map { $0.value[i] }
      var sum = ListRegisterOutlook(variant: variants[i])
      for part in parts {
        let one = part.result
        sum.entries += one.entries
        sum.overflowingEntries += one.overflowingEntries
        sum.overflows += one.overflows
        sum.mostWaiting = max(sum.mostWaiting, one.mostWaiting)
        sum.loads += one.loads
        sum.taken += one.taken
        sum.pressedEntries += one.pressedEntries
        sum.stalledEntries += one.stalledEntries
        sum.merged += one.merged
        sum.lostEnds += one.lostEnds
        for cause in 0..<8 { sum.maintenanceByCause[cause] += one.maintenanceByCause[cause] }
        sum.delays = sum.delays.merged(with: one.delays)
      }
      return sum
    }
  }
}
