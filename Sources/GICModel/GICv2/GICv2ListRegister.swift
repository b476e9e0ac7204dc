/// The fields of a `GICH_LR` (IHI 0048B, 5.3.8).
struct GICv2ListRegister: Equatable, ListRegisterFields {
  var value: UInt32

  /// Bits that a write can set; 22:20 are reserved.
  static var writable: UInt32 { ~(0b111 << 20) }
  static var pendingBit: UInt32 { 1 << 28 }
  static var activeBit: UInt32 { 1 << 29 }

  @inline(__always) var intid: UInt32 { value & 0x3FF }
  /// The physical interrupt, if ``isHardware``.
  @inline(__always) var physicalINTID: UInt32 { value >> 10 & 0x3FF }
  /// The source of a virtual SGI.
  @inline(__always) var source: UInt32 { value >> 10 & 7 }
  /// The end of the interrupt asks for a maintenance interrupt, if not ``isHardware``.
  @inline(__always) var asksAtEnd: Bool { value & 1 << 19 != 0 }
  var stateName: String { GICModel.stateName(isPending: isPending, isActive: isActive) }
  @inline(__always) var priority: UInt32 { (value >> 23 & 0x1F) << 3 }
  @inline(__always) var isPending: Bool { value & Self.pendingBit != 0 }
  @inline(__always) var isActive: Bool { value & Self.activeBit != 0 }
  @inline(__always) var isValid: Bool { value & (Self.pendingBit | Self.activeBit) != 0 }
  @inline(__always) var isGroup1: Bool { value & 1 << 30 != 0 }
  @inline(__always) var isHardware: Bool { value & 1 << 31 != 0 }
  /// The interrupt has ended and asks for a maintenance interrupt (5.3.5).
  @inline(__always) var isEnded: Bool { !isValid && !isHardware && asksAtEnd }

  /// What decides the rank of the interrupt.
  @inline(__always) var rank: GICv2Pending { GICv2Pending(intid: intid, priority: priority, isGroup1: isGroup1) }
}
