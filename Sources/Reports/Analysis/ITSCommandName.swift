/// The manual's names of ITS commands (IHI 0069H, 5.3).
public enum ITSCommandName {
  /// Every command, by opcode.
  public static let all: [(opcode: UInt8, name: String)] = [
    (0x01, "MOVI"), (0x03, "INT"), (0x04, "CLEAR"), (0x05, "SYNC"), (0x08, "MAPD"), (0x09, "MAPC"), (0x0A, "MAPTI"),
    (0x0B, "MAPI"), (0x0C, "INV"), (0x0D, "INVALL"), (0x0E, "MOVALL"), (0x0F, "DISCARD"), (0x21, "VMOVI"),
    (0x22, "VMOVP"), (0x23, "VSGI"), (0x25, "VSYNC"), (0x29, "VMAPP"), (0x2A, "VMAPTI"), (0x2B, "VMAPI"),
    (0x2D, "VINVALL"), (0x2E, "INVDB"),
  ]

  /// The name of an opcode, or `0x…` if it has none.
  public static func of(_ opcode: UInt64) -> String {
    all.first { UInt64($0.opcode) == opcode }?.name ?? "0x" + String(opcode, radix: 16)
  }
}
