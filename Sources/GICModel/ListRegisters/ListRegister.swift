/// A list register's value, `ICH_LR<n>_EL2` (IHI 0069H, 12.4.6): one virtual interrupt that the hypervisor gave the PE.
///
/// In AArch32 the low half is `ICH_LR<n>` and the high half `ICH_LRC<n>`.
struct ListRegister: Equatable, BitwiseCopyable, ListRegisterFields {
  /// State 63:62, HW 61, Group 60, NMI 59, priority 55:48, pINTID 44:32 or EOI 41, vINTID 31:0.
  var bits: UInt64

  static var pendingBit: UInt64 { 1 << 62 }
  static var activeBit: UInt64 { 1 << 63 }
  static var hardwareBit: UInt64 { 1 << 61 }
  static var group1Bit: UInt64 { 1 << 60 }
  static var nonMaskableBit: UInt64 { 1 << 59 }
  static var endMaintenanceBit: UInt64 { 1 << 41 }

  @inline(__always) init(bits: UInt64 = 0) { self.bits = bits }

  /// What the guest reads from `ICV_IAR0_EL1` and `ICV_IAR1_EL1`.
  @inline(__always) var virtualINTID: UInt32 { UInt32(truncatingIfNeeded: bits) }
  /// The physical interrupt that ends with the virtual one; meaningful when ``isHardware``.
  @inline(__always) var physicalINTID: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) & 0x1FFF }
  /// The virtual INTID as transitions name it. For guests that use `GICV_*`, an SGI's number of the PE that sent it stands
  /// in bits 12:10 of the virtual INTID (12.4.6); in other guests no interrupt has such an INTID, but for an extended SPI.
  @inline(__always) func reportedINTID(isLegacy: Bool) -> UInt32 {
    let intid = virtualINTID
    guard intid >= 1024, intid < 8192, intid & 0x3F0 == 0 else { return intid }
    return isLegacy || intid & 0x1C00 != 0x1000 ? intid & 0xF : intid
  }
  @inline(__always) var priority: UInt32 { UInt32(truncatingIfNeeded: bits >> 48) & 0xFF }
  @inline(__always) var isNonMaskable: Bool { bits & Self.nonMaskableBit != 0 }
  @inline(__always) var isGroup1: Bool { bits & Self.group1Bit != 0 }
  @inline(__always) var asksAtEnd: Bool { bits & Self.endMaintenanceBit != 0 }
  /// Whether the interrupt is linked to a physical one.
  @inline(__always) var isHardware: Bool { bits & Self.hardwareBit != 0 }

  /// Whether it holds an interrupt at all.
  @inline(__always) var isValid: Bool { bits & (Self.pendingBit | Self.activeBit) != 0 }
  /// Whether the pending part of its state is set: pending, or active and pending.
  @inline(__always) var hasPending: Bool { bits & Self.pendingBit != 0 }
  /// Whether the active part of its state is set.
  @inline(__always) var hasActive: Bool { bits & Self.activeBit != 0 }
  /// Whether its state is exactly pending: only then can the interrupt be signalled.
  @inline(__always) var isPending: Bool { hasPending && !hasActive }
  /// Whether software may use it without losing anything (`ICH_ELRSR_EL2`, 12.4.4).
  @inline(__always) var isEmpty: Bool { !isValid && (isHardware || !asksAtEnd) }
  /// Whether its interrupt has ended and software asked to be told (`ICH_EISR_EL2`, 12.4.3).
  @inline(__always) var hasEnded: Bool { !isValid && !isHardware && asksAtEnd }

  /// The manual's name of the state.
  var stateName: String { GICModel.stateName(isPending: hasPending, isActive: hasActive) }
}
