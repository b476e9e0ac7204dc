import InterruptTrace
import LPIStore

/// Memory-mapped accesses: finds the register and hands over to its frame.
extension GICv3 where Store: ~Copyable {
  /// Whether an access sees the Non-secure view of what differs by Security state.
  @inline(__always)
  func isNonSecure(_ event: Event) -> Bool {
    !distributor.hasOneSecurityState && event.flags.contains(.securityShown) && !event.flags.contains(.secure)
  }

  @inline(__always)
  mutating func readRegister(_ event: Event) {
    noteAccessor(event)
    switch event.frame {
    case .gicd:
      shown.insert(.distributor)
      readDistributor(event)
    case .gicr:
      guard holds(event.owner) else { return }
      shown.insert(.redistributor)
      readRedistributor(event, pe: Int(event.owner))
      reportConditions(Int(event.owner))
    case .gits: readITS(event)
    case .gicv:
      shown.insert(.guest)
      readVirtualInterfaceFrame(event)
    default: break
    }
  }

  @inline(__always)
  mutating func writeRegister(_ event: Event) {
    noteAccessor(event)
    if event.flags.contains(.refused) { return }
    switch event.frame {
    case .gicd:
      shown.insert(.distributor)
      writeDistributor(event)
    case .gicr:
      guard holds(event.owner) else { return }
      shown.insert(.redistributor)
      writeRedistributor(event, pe: Int(event.owner))
      reportConditions(Int(event.owner))
    case .gits: writeITS(event)
    case .gicv:
      shown.insert(.guest)
      writeVirtualInterfaceFrame(event)
    default: break
    }
  }

  /// A read that the device refused returns zero; so does a reserved offset.
  @inline(__always)
  mutating func compareReserved(_ event: Event) {
    compare(
      PredictionLedger.check(event.frame, index: -1), expected: 0, seen: event.flags.contains(.refused) ? 0 : event.b,
      known: event.flags.contains(.refused) ? .max : 0, pe: event.pe)
  }
}

/// The part of a value that an access of `size` bytes at `offset` within a register touches.
@inline(__always)
func accessMask(offset: UInt32, size: Int, width: Int) -> (mask: UInt64, shift: UInt64) {
  let shift = UInt64(offset) % UInt64(width / 8) * 8
  let bits = UInt64(size) * 8
  let ones: UInt64 = bits >= 64 ? .max : (1 << bits) - 1
  return (ones << shift, shift)
}

/// Replaces the touched part of a 64-bit register.
@inline(__always)
func merge(_ old: UInt64, _ event: Event) -> UInt64 {
  let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 64)
  return old & ~mask | event.b << shift & mask
}

/// The part of a 64-bit register that a read returns.
@inline(__always)
func part(_ value: UInt64, _ event: Event) -> UInt64 {
  let (mask, shift) = accessMask(offset: event.offset, size: event.size, width: 64)
  return (value & mask) >> shift
}
