import InterruptTrace
import Testing

/// Opcodes of ITS commands and codes of their errors (IHI 0069H, 5.3).
@Suite struct ITSOpcodeTests {
  @Test func `A command has one number and one name`() {
    #expect(Set(ITSOpcode.all.map(\.opcode)).count == ITSOpcode.all.count)
    #expect(Set(ITSOpcode.all.map(\.name)).count == ITSOpcode.all.count)
    #expect(ITSOpcode.all.map(\.opcode) == ITSOpcode.all.map(\.opcode).sorted())
    for (opcode, name) in ITSOpcode.all {
      #expect(ITSOpcode.name(opcode) == name)
      #expect(ITSOpcode.isVirtual(opcode) == (name.hasPrefix("V") || name == "INVDB"))
    }
    #expect(ITSOpcode.name(0x7F) == "0x7f")
  }

  @Test func `An error's code names the command and the reason`() {
    #expect(ITSError.idOutOfRange.code(ITSOpcode.mapti) == 0x01_0A05)
    #expect(ITSError.name(ofCode: 0x01_0A05) == "MAPTI_ID_OOR")
    #expect(ITSError.name(ofCode: 0x01_0802) == "MAPD_ITTSIZE_OOR")
    #expect(ITSError.name(ofCode: 0x01_0902) == "MAPC_PROCNUM_OOR")
    #expect(ITSError.name(ofCode: 0) == nil)
  }
}
