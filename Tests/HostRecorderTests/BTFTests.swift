import Testing

@testable import HostRecorder

/// Where the kernel has what probes fetch.
@Suite("BTF")
struct BTFTests {
  @Test(
    "Offsets are those with which the list registers of these kernels were recorded",
    arguments: [("linux61", 3792, 4040), ("linux612", 4528, 4776)])
  func listRegisters(host: String, registers: Int, used: Int) throws {
    let types = try HostFixture(host).types
    let way = try #require(types.way("arch.vgic_cpu.vgic_v3.vgic_lr", of: "kvm_vcpu"))
    #expect(way.offsets == [registers])
    #expect(types.count(ofArray: way.type) == 16)
    #expect(types.way("arch.vgic_cpu.vgic_v3.used_lrs", of: "kvm_vcpu")?.offsets == [used])
    #expect(types.way("intid", of: "vgic_irq")?.offsets == [56])
  }

  @Test("A way leads through pointers to the structure that is meant, where two have its name")
  func pointers() throws {
    let types = try HostFixture.linux612.types
    // KVM's ITS and the driver of the physical one have a struct its_device each.
    #expect(types.way("device_id", of: "its_device") == nil)
    #expect(types.way("its_mapd_cmd.dev->device_id", of: "its_cmd_desc")?.offsets == [0, 92])
    #expect(types.way("its_movi_cmd.col->col_id", of: "its_cmd_desc")?.offsets == [8, 8])
    #expect(types.way("its_mapd_cmd.valid->device_id", of: "its_cmd_desc") == nil)
  }

  @Test("Parameters are found by name")
  func parameters() throws {
    let types = try HostFixture.linux61.types
    let irq = try #require(types.parameter("irq", of: "vgic_queue_irq_unlock"))
    #expect(irq.number == 1)
    let target = try #require(types.target(ofPointer: irq.type))
    #expect(types.way("intid", from: target)?.offsets == [56])
    #expect(types.parameter("nothing", of: "vgic_queue_irq_unlock") == nil)
    #expect(!types.describes(function: "vgic_its_cmd_handle_mapi"))
  }

  @Test("What is no BTF, or of another version, is refused with the reason")
  func foreign() throws {
    let bytes = try #require(HostFixture.linux61.bytes("/sys/kernel/btf/vmlinux"))
    #expect(throws: BTF.Failure(message: "the BTF is shorter than its header")) { try BTF([]) }
    #expect(throws: BTF.Failure(message: "it is no BTF: it does not begin with eb9f")) {
      try BTF([0x7F] + bytes.dropFirst())
    }
    var newer = bytes
    newer[2] = 2
    #expect(throws: BTF.Failure(message: "the BTF has version 2; version 1 is read")) { try BTF(newer) }
  }

  @Test("A file in the other byte order is read too")
  func byteOrder() throws {
    // One structure of 8 bytes with the member a at offset 4, of a type that is not there.
    let words: [UInt32] = [24, 0, 24, 24, 5, 1, 0x0400_0001, 8, 3, 0, 32]
    let header: [UInt8] = [0xEB, 0x9F, 1, 0]
    let body = words.flatMap { word in (0..<4).reversed().map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    let types = try BTF(header + body + Array("\0s\0a\0".utf8))
    #expect(types.way("a", of: "s")?.offsets == [4])
  }

  @Test("Truncated and damaged files do no harm")
  func damage() throws {
    let bytes = try #require(HostFixture.linux61.bytes("/sys/kernel/btf/vmlinux"))
    for length in stride(from: 0, to: bytes.count, by: 7) { look(Array(bytes[..<length])) }
    var random: UInt64 = 88_172_645_463_325_252
    func next() -> Int {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return Int(truncatingIfNeeded: random >> 8)
    }
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0...(next() % 8) { damaged[next() % damaged.count] = UInt8(truncatingIfNeeded: next()) }
      look(damaged)
    }
  }

  /// Asks a file everything.
  private func look(_ bytes: [UInt8]) {
    guard let types = try? BTF(bytes) else { return }
    for structure in ["kvm_vcpu", "its_cmd_desc", "vgic_irq"] {
      for path in ["arch.vgic_cpu.vgic_v3.vgic_lr", "its_mapd_cmd.dev->device_id", "intid", "vcpu_id", "a->b->c"] {
        if let way = types.way(path, of: structure) { _ = types.count(ofArray: way.type) }
      }
    }
    if let irq = types.parameter("irq", of: "vgic_queue_irq_unlock") { _ = types.target(ofPointer: irq.type) }
  }

  @Test("Types that refer to themselves end the search")
  func loop() throws {
    // A typedef of itself, and a structure whose member without a name is itself.
    var words: [UInt32] = [24, 0, 48, 48, 5]
    words += [1, 0x0800_0000, 1]
    words += [3, 0x0400_0001, 8, 0, 2, 0]
    words += [0, 0x0200_0000, 1]
    let body = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    let types = try BTF([0x9F, 0xEB, 1, 0] + body + Array("\0t\0s\0".utf8))
    #expect(types.way("a", of: "s") == nil)
    #expect(types.resolved(1) == nil)
  }
}
