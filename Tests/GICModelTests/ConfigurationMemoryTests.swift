import Testing

@testable import GICModel

@Suite("The LPI configuration table in memory (IHI 0069H, 5.1.1)")
struct ConfigurationMemoryTests {
  @Test("It behaves as a dictionary and a set of what was not read do")
  func reference() {
    var memory = ConfigurationMemory()
    #expect(memory.isEmpty && memory[8192] == nil && memory.takeUnread().isEmpty)
    var bytes: [UInt32: UInt8] = [:]
    var unread: Set<UInt32> = []
    for _ in 0..<20 {
      for _ in 0..<500 {
        let intid = UInt32.random(in: 0..<8) * 0x10_0000 + UInt32.random(in: 8000..<8400)
        if Bool.random() {
          let byte = UInt8.random(in: 0...255)
          memory.write(byte, of: intid)
          bytes[intid] = byte
          unread.insert(intid)
        } else {
          #expect(memory[intid] == bytes[intid])
          memory.markUnread(intid)
          if bytes[intid] != nil { unread.insert(intid) }
        }
      }
      let copy = memory
      #expect(memory.takeUnread() == unread.sorted())
      #expect(memory.takeUnread().isEmpty)
      var other = copy
      #expect(other.takeUnread() == unread.sorted())
      unread = []
    }
  }

  @Test("INTIDs that no controller can have take no room")
  func limit() {
    var memory = ConfigurationMemory()
    memory.write(1, of: 1 << 24)
    memory.write(1, of: .max)
    #expect(memory.isEmpty && memory[.max] == nil)
    memory.write(1, of: 1 << 24 - 1)
    #expect(memory.takeUnread() == [1 << 24 - 1])
  }
}
