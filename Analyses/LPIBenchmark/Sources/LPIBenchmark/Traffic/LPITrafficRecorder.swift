import InterruptTrace
import LPIStore
import LPIWorkloads
import Replay

/// Extracts from a replayed capture what its controller did with physical LPIs.
///
/// It looks at transitions only, so that any capture will do: what is not shown is not there.
public struct LPITrafficRecorder {
  private var operations: [LPIOperation] = []
  private var properties: [UInt32: UInt8] = [:]
  /// Where in `operations` each device is mapped, and its highest event.
  private var devices: [UInt32: (place: Int, lastEvent: UInt32)] = [:]

  /// A recorder that has seen nothing.
  public init() {}

  /// What was seen so far.
  public func traffic(name: String) -> LPITraffic {
    var operations = operations
    for device in devices.values {
      operations[device.place].event = UInt32(max(1, 32 - device.lastEvent.leadingZeroBitCount))
    }
    return LPITraffic(name: name, operations: operations)
  }

  /// Takes in a batch.
  public mutating func consume(_ batch: ReplayBatch) {
    for transition in batch.transitions {
      if transition.kind == .itsCommand {
        note(command: transition, batch)
      } else if INTID.isLPI(transition.intid), transition.intid != INTID.none {
        note(transition)
      }
    }
  }

  private mutating func note(_ transition: Transition) {
    let (intid, pe) = (transition.intid, transition.pe)
    switch transition.kind {
    case .mapping:
      let (device, event) = (transition.mapping.deviceID, transition.mapping.eventID & 0xFFFF)
      noteDevice(device, event)
      operations.append(
        LPIOperation(transition.mapping.isMapped ? .map : .unmap, device: device, event: event, intid: intid))
    case .pending, .merged:
      guard pe != PE.none else { return }
      note(priority: transition.priority, of: intid)
      guard transition.pending.hasMessage else {
        operations.append(LPIOperation(.pend, intid: intid, pe: pe))
        return
      }
      let (device, event) = (transition.pending.deviceID, transition.pending.eventID & 0xFFFF)
      noteDevice(device, event)
      operations.append(LPIOperation(.inject, device: device, event: event, intid: intid, pe: pe))
    case .acknowledged: operations.append(LPIOperation(.acknowledge, intid: intid, pe: pe))
    case .pendingCleared where pe != PE.none: operations.append(LPIOperation(.clear, intid: intid, pe: pe))
    case .enabled, .disabled:
      let old = properties[intid] ?? 0
      note(property: transition.kind == .enabled ? old | 1 : old & ~1, of: intid)
    case .priorityChanged: note(priority: transition.priority, of: intid)
    case .retargeted where transition.retargeted.isBetweenPEs:
      let targets = transition.retargeted
      operations.append(LPIOperation(.move, intid: intid, pe: targets.from, target: targets.to))
    default: return
    }
  }

  private mutating func noteDevice(_ device: UInt32, _ event: UInt32) {
    if let known = devices[device] {
      if event > known.lastEvent { devices[device] = (known.place, event) }
    } else {
      devices[device] = (operations.count, event)
      operations.append(LPIOperation(.mapDevice, device: device))
    }
  }

  private mutating func note(priority: UInt32, of intid: UInt32) {
    note(property: UInt8(truncatingIfNeeded: priority) & 0xFC | (properties[intid] ?? 1) & 1, of: intid)
  }

  private mutating func note(property: UInt8, of intid: UInt32) {
    guard properties[intid] != property else { return }
    properties[intid] = property
    operations.append(LPIOperation(.configure, intid: intid, property: property))
  }

  /// INV and MOVALL have no transition of an LPI's own, and MOVI's names only the LPI.
  private mutating func note(command: Transition, _ batch: ReplayBatch) {
    let operands = command.itsCommand
    guard operands.error == 0 else { return }
    let (device, event) = (operands.deviceID, operands.eventID & 0xFFFF)
    switch operands.opcode {
    case ITSOpcode.movi:
      guard var move = operations.last, move.kind == .move, move.intid == command.intid else { return }
      (move.device, move.event) = (device, event)
      operations.removeLast()
      noteDevice(device, event)
      operations.append(move)
    case ITSOpcode.inv where command.intid != INTID.none:
      noteDevice(device, event)
      operations.append(LPIOperation(.invalidate, device: device, event: event, intid: command.intid))
    case ITSOpcode.movall:
      guard command.event >= batch.firstIndex, command.event - batch.firstIndex < batch.eventCount else { return }
      let index = batch.events.place(ofEvent: Int(command.event - batch.firstIndex))
      guard index + 1 < batch.events.count else { return }
      let more = batch.events[index + 1]
      // A processor number; where GITS_TYPER.PTA has addresses instead, they do not fit a PE's number.
      let (from, to) = (more.a >> 16 & 0x7_FFFF_FFFF, more.b >> 16 & 0x7_FFFF_FFFF)
      guard from < 4096, to < 4096 else { return }
      operations.append(LPIOperation(.moveAll, pe: UInt32(from), target: UInt32(to)))
    default: return
    }
  }
}
