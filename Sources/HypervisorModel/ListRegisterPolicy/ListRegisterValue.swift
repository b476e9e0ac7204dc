import InterruptTrace

/// A list register's value in either format, read field by field.
@frozen public struct ListRegisterValue: BitwiseCopyable, Equatable, Sendable {
  /// The register; the upper half is 0 for ``ListRegisterFormat/gich``.
  public var bits: UInt64
  /// Its layout.
  public var format: ListRegisterFormat

  /// A value as the register holds it.
  @inlinable public init(_ bits: UInt64, _ format: ListRegisterFormat) {
    self.bits = bits
    self.format = format
  }

  /// The value that a transition carries. A valid register of `ICH_LR<n>_EL2`'s layout has its state in bits 63:62, and
  /// one of `GICH_LR<n>`'s has only 32 bits.
  @inlinable public init(_ operands: Transition.Operands<Transition.ListRegister>) {
    self.init(operands.value, operands.value >> 62 != 0 ? .ich : .gich)
  }

  @inlinable static func pendingBit(_ format: ListRegisterFormat) -> UInt64 { format == .gich ? 1 << 28 : 1 << 62 }
  @inlinable static func activeBit(_ format: ListRegisterFormat) -> UInt64 { format == .gich ? 1 << 29 : 1 << 63 }
  @inlinable static func hardwareBit(_ format: ListRegisterFormat) -> UInt64 { format == .gich ? 1 << 31 : 1 << 61 }
  @inlinable static func group1Bit(_ format: ListRegisterFormat) -> UInt64 { format == .gich ? 1 << 30 : 1 << 60 }
  @inlinable static func endBit(_ format: ListRegisterFormat) -> UInt64 { format == .gich ? 1 << 19 : 1 << 41 }

  /// The virtual INTID. `hasGICv2Guest` leaves out the source that stands beside an SGI's number.
  @inlinable public func intid(hasGICv2Guest: Bool) -> UInt32 {
    UInt32(truncatingIfNeeded: format == .gich || hasGICv2Guest ? bits & 0x3FF : bits & 0xFFFF_FFFF)
  }
  /// The sender of a GICv2 guest's SGI.
  @inlinable public var source: UInt8 { UInt8(truncatingIfNeeded: bits >> 10 & 7) }
  /// The physical INTID, meaningful if ``isHardware``.
  @inlinable public var physicalINTID: UInt16 {
    UInt16(truncatingIfNeeded: format == .gich ? bits >> 10 & 0x3FF : bits >> 32 & 0x1FFF)
  }
  /// The priority; in GICv2's format with its low three bits 0.
  @inlinable public var priority: UInt8 {
    UInt8(truncatingIfNeeded: format == .gich ? (bits >> 23 & 0x1F) << 3 : bits >> 48 & 0xFF)
  }
  /// Pending, or active and pending.
  @inlinable public var isPending: Bool { bits & Self.pendingBit(format) != 0 }
  /// Active, or active and pending.
  @inlinable public var isActive: Bool { bits & Self.activeBit(format) != 0 }
  /// Holds an interrupt.
  @inlinable public var isValid: Bool { isPending || isActive }
  /// Linked to a physical interrupt.
  @inlinable public var isHardware: Bool { bits & Self.hardwareBit(format) != 0 }
  /// In Group 1.
  @inlinable public var isGroup1: Bool { bits & Self.group1Bit(format) != 0 }
  /// Asks for a maintenance interrupt at its end; meaningful if not ``isHardware``.
  @inlinable public var asksAtEnd: Bool { bits & Self.endBit(format) != 0 }
  /// Has ended and asks for a maintenance interrupt.
  @inlinable public var signalsEnd: Bool { !isValid && !isHardware && asksAtEnd }
}

extension QueuedInterrupt {
  /// The list register's value for this interrupt. What the register takes over leaves the interrupt: an edge's latch, an
  /// SGI's source, the line of a mapped level interrupt.
  @inlinable public mutating func takeIntoListRegister(_ format: ListRegisterFormat, hasGICv2Guest: Bool) -> UInt64 {
    let isSourced = hasGICv2Guest && isSGI
    var bits = UInt64(intid)
    var mayPend = true
    if isActive {
      bits |= ListRegisterValue.activeBit(format)
      if isSourced {
        bits |= UInt64(activeSource & 7) << 10
        if registersWanted > 1 {
          mayPend = false
          bits |= ListRegisterValue.endBit(format)
        }
      }
    }
    if traits.contains(.hardware) && !traits.contains(.softwareResampled) {
      bits |= ListRegisterValue.hardwareBit(format)
      bits |= format == .gich ? UInt64(physicalINTID & 0x3FF) << 10 : UInt64(physicalINTID & 0x1FFF) << 32
      if isActive { mayPend = false }
    } else if traits.contains(.level) {
      bits |= ListRegisterValue.endBit(format)
      if isActive { mayPend = false }
    }
    if mayPend && isPending {
      bits |= ListRegisterValue.pendingBit(format)
      if !traits.contains(.level) { traits.remove(.latched) }
      if isSourced, sources != 0 {
        bits |= UInt64(sources.trailingZeroBitCount) << 10
        sources &= sources &- 1
        if sources != 0 {
          traits.insert(.latched)
          bits |= ListRegisterValue.endBit(format)
        }
      }
      if isMappedLevel { traits.remove(.line) }
    }
    if traits.contains(.group1) { bits |= ListRegisterValue.group1Bit(format) }
    bits |= format == .gich ? UInt64(priority >> 3) << 23 : UInt64(priority) << 48
    return bits
  }
}
