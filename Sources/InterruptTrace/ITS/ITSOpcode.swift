/// The ITS commands by number (IHI 0069H, table 5-3).
public enum ITSOpcode {
  /// Moves an event to another collection.
  @inlinable public static var movi: UInt8 { 0x01 }
  /// Makes an event's interrupt pending.
  @inlinable public static var int: UInt8 { 0x03 }
  /// Makes an event's interrupt not pending.
  @inlinable public static var clear: UInt8 { 0x04 }
  /// Waits until a Redistributor has taken everything in.
  @inlinable public static var sync: UInt8 { 0x05 }
  /// Maps a device to its interrupt translation table, or unmaps it.
  @inlinable public static var mapd: UInt8 { 0x08 }
  /// Maps a collection to a Redistributor, or unmaps it.
  @inlinable public static var mapc: UInt8 { 0x09 }
  /// Maps an event to an LPI and a collection.
  @inlinable public static var mapti: UInt8 { 0x0A }
  /// Maps an event to the LPI of the same number.
  @inlinable public static var mapi: UInt8 { 0x0B }
  /// Has the configuration of an event's interrupt read again.
  @inlinable public static var inv: UInt8 { 0x0C }
  /// Has the configuration of a collection's interrupts read again.
  @inlinable public static var invall: UInt8 { 0x0D }
  /// Moves all pending interrupts from one Redistributor to another.
  @inlinable public static var movall: UInt8 { 0x0E }
  /// Unmaps an event and makes its interrupt not pending.
  @inlinable public static var discard: UInt8 { 0x0F }
  /// Moves an event to another vPE (GICv4).
  @inlinable public static var vmovi: UInt8 { 0x21 }
  /// Moves a vPE to another Redistributor (GICv4).
  @inlinable public static var vmovp: UInt8 { 0x22 }
  /// Configures a virtual SGI (GICv4.1).
  @inlinable public static var vsgi: UInt8 { 0x23 }
  /// Waits until everything about a vPE has been taken in (GICv4).
  @inlinable public static var vsync: UInt8 { 0x25 }
  /// Maps a vPE to a Redistributor, or unmaps it (GICv4).
  @inlinable public static var vmapp: UInt8 { 0x29 }
  /// Maps an event to a virtual LPI of a vPE (GICv4).
  @inlinable public static var vmapti: UInt8 { 0x2A }
  /// Maps an event to the virtual LPI of the same number (GICv4).
  @inlinable public static var vmapi: UInt8 { 0x2B }
  /// Has the configuration of a vPE's interrupts read again (GICv4).
  @inlinable public static var vinvall: UInt8 { 0x2D }
  /// Has the configuration of a vPE's default doorbell read again (GICv4.1).
  @inlinable public static var invdb: UInt8 { 0x2E }

  /// Every command with the manual's name, in the order of their numbers.
  public static let all: [(opcode: UInt8, name: String)] = [
    (movi, "MOVI"), (int, "INT"), (clear, "CLEAR"), (sync, "SYNC"), (mapd, "MAPD"), (mapc, "MAPC"), (mapti, "MAPTI"),
    (mapi, "MAPI"), (inv, "INV"), (invall, "INVALL"), (movall, "MOVALL"), (discard, "DISCARD"), (vmovi, "VMOVI"),
    (vmovp, "VMOVP"), (vsgi, "VSGI"), (vsync, "VSYNC"), (vmapp, "VMAPP"), (vmapti, "VMAPTI"), (vmapi, "VMAPI"),
    (vinvall, "VINVALL"), (invdb, "INVDB"),
  ]

  /// The manual's name of a command, or its number in hexadecimal if no command has it.
  public static func name(_ opcode: UInt8) -> String {
    all.first { $0.opcode == opcode }?.name ?? "0x" + String(opcode, radix: 16)
  }

  /// Whether a command has the number.
  @inlinable public static func isCommand(_ opcode: UInt8) -> Bool {
    opcode < 64 && 0x0000_6E2E_0000_FF3A &>> UInt64(opcode) & 1 != 0
  }

  /// Whether a command is GICv4's: about vPEs and what is injected into them directly.
  @inlinable public static func isVirtual(_ opcode: UInt8) -> Bool { opcode >= 0x20 }
}
