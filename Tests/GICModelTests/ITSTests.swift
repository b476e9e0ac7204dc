import InterruptTrace
import Testing

@testable import GICModel

@Suite("ITS commands and LPIs (IHI 0069H, chapter 5)")
struct ITSTests {
  func rig() -> Rig {
    let rig = Rig()
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.mapti(1, 1, intid: 8193)
    rig.configure(lpi: 8192, 0xA1)
    rig.configure(lpi: 8193, 0xA1)
    rig.forget()
    return rig
  }

  /// The error of the last command, by name.
  func error(_ rig: Rig) -> String? { rig.transitions(.itsCommand).last.flatMap { ITSError.name(ofCode: $0.b) } }

  @Test("What the ITS reads from its queue and is no command does nothing, and is reported with its place (5.3)")
  func unknownCommand() throws {
    let rig = rig()
    rig.apply(
      Event(time: 0, kind: .itsProcess, a: 3, b: 0), Event(time: 0, kind: .itsCommand, a: 0, b: 0),
      Event(time: 0, kind: .continuation))
    let command = try #require(rig.transitions(.itsCommand).last).itsCommand
    #expect(!command.isCommand && command.opcode == 0 && command.slot == 3 && command.error == 0)
    #expect(ITSOpcode.all.allSatisfy { ITSOpcode.isCommand($0.opcode) })
    #expect((0...UInt8.max).count { ITSOpcode.isCommand($0) } == ITSOpcode.all.count)
  }

  @Test("An MSI becomes a pending LPI at the collection's PE, is acknowledged, and has no active state (4.1)")
  func delivery() {
    let rig = rig()
    rig.msi(1, 0)
    #expect(rig.kinds == [.msi, .enabled, .pending])
    #expect(rig.highest(8192, priority: 0xA0))
    #expect(rig.lines(.irq))
    #expect(rig.reads(.ICC_IAR1_EL1, 8192))
    #expect(rig.lines([]))
    rig.msi(1, 0)
    #expect(rig.highest(8192, priority: 0xA0), "it can be pending again before its end")
    rig.write(.ICC_EOIR1_EL1, 8192)
    #expect(rig.reads(.ICC_RPR_EL1, 0xFF))
    #expect(rig.transitions(.deactivated).isEmpty)
  }

  @Test("A second MSI before the acknowledge is merged")
  func merged() {
    let rig = rig()
    rig.msi(1, 0)
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.kinds == [.msi, .merged])
  }

  @Test("MSIs that no mapping leads anywhere are dropped, with the reason")
  func unmapped() {
    let rig = rig()
    rig.msi(9, 0)
    rig.msi(1, 5)
    rig.msi(1, 99)
    #expect(
      rig.transitions(.itsFault).map(\.b)
        == [ITSFault.unmappedDevice, .unmappedEvent, .eventOutOfRange].map(\.rawValue)
    )
    #expect(rig.transitions(.pending).isEmpty)
  }

  @Test("An MSI to a Redistributor with LPIs disabled is dropped (12.11.2)")
  func disabledLPIs() {
    let rig = rig()
    rig.write(.gicr, 0x0, 0)
    rig.msi(1, 0)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.lpisDisabled.rawValue])
  }

  @Test("An MSI to a disabled ITS is dropped (12.19)")
  func disabledITS() {
    let rig = rig()
    rig.write(.gits, 0x0, 0)
    rig.msi(1, 0)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.itsDisabled.rawValue])
  }

  @Test("An LPI beyond GICR_PROPBASER.IDbits is dropped (12.11.33)")
  func beyondIDBits() {
    let rig = rig()
    rig.mapti(1, 2, intid: 1 << 15)
    rig.forget()
    rig.msi(1, 2)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.intidOutOfRange.rawValue])
  }

  @Test("INT makes pending, CLEAR takes back (5.3)")
  func intAndClear() {
    let rig = rig()
    rig.act(0x03, 1, 0)
    #expect(rig.highest(8192, priority: 0xA0))
    rig.act(0x04, 1, 0)
    #expect(rig.highest(nil))
  }

  @Test("DISCARD removes the mapping and the pending state (5.3)")
  func discard() {
    let rig = rig()
    rig.msi(1, 0)
    rig.act(0x0F, 1, 0)
    #expect(rig.highest(nil))
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.unmappedEvent.rawValue])
  }

  @Test("MOVI moves the mapping and the pending state (5.3)")
  func moveInterrupt() {
    let rig = rig()
    rig.msi(1, 0)
    rig.command(0x01 | 1 << 32, 0, 1)
    #expect(rig.highest(nil, pe: 0))
    #expect(rig.highest(8192, priority: 0xA0, pe: 1))
    #expect(rig.reads(.ICC_IAR1_EL1, 8192, pe: 1))
    rig.msi(1, 0)
    #expect(rig.highest(8192, priority: 0xA0, pe: 1))
  }

  @Test("MOVALL moves every pending LPI to the other PE (5.3)")
  func moveAll() {
    let rig = rig()
    rig.msi(1, 0)
    rig.msi(1, 1)
    rig.command(0x0E, 0, 0 << 16, 1 << 16)
    #expect(rig.highest(nil, pe: 0))
    #expect(rig.highest(8192, priority: 0xA0, pe: 1))
  }

  @Test("MAPC moves a collection; LPIs go to the new PE from then on (5.3)")
  func moveCollection() {
    let rig = rig()
    rig.mapc(0, pe: 1)
    rig.msi(1, 0)
    #expect(rig.highest(8192, priority: 0xA0, pe: 1))
  }

  @Test("MAPC with V = 0 unmaps a collection; its interrupts are dropped")
  func unmapCollection() {
    let rig = rig()
    rig.mapc(0, pe: 0, valid: false)
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.unmappedCollection.rawValue])
  }

  @Test("MAPD with V = 0 unmaps a device and its events (5.3)")
  func unmapDevice() {
    let rig = rig()
    rig.mapd(1, valid: false)
    #expect(rig.transitions(.mapping).map(\.b) == [0, 0])
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.unmappedDevice.rawValue])
  }

  @Test("MAPI maps an EventID to the LPI of the same number (5.3)")
  func mapIdentity() {
    let rig = rig()
    rig.mapd(2, bits: 14, itt: 0x2_0000)
    rig.command(0x0B | 2 << 32, 8200, 0)
    rig.configure(lpi: 8200, 0x81)
    rig.msi(2, 8200)
    #expect(rig.highest(8200, priority: 0x80))
  }

  @Test("Errors carry the manual's names (5.3)")
  func errors() {
    let rig = rig()
    rig.mapti(9, 0, intid: 8200)
    #expect(error(rig) == "MAPTI_UNMAPPED_DEVICE")
    rig.mapti(1, 32, intid: 8200)
    #expect(error(rig) == "MAPTI_ID_OOR")
    rig.mapti(1, 3, intid: 100)
    #expect(error(rig) == "MAPTI_PHYSICALID_OOR")
    rig.mapc(3, pe: 77)
    #expect(error(rig) == "MAPC_PROCNUM_OOR")
    rig.act(0x03, 1, 9)
    #expect(error(rig) == "INT_UNMAPPED_INTERRUPT")
    rig.act(0x04, 1, 9)
    #expect(error(rig) == "CLEAR_UNMAPPED_INTERRUPT")
    rig.act(0x0F, 1, 9)
    #expect(error(rig) == "DISCARD_UNMAPPED_INTERRUPT")
    rig.act(0x0C, 1, 9)
    #expect(error(rig) == "INV_UNMAPPED_INTERRUPT")
    rig.command(0x01 | 1 << 32, 9, 0)
    #expect(error(rig) == "MOVI_UNMAPPED_INTERRUPT")
    rig.mapc(1, pe: 1, valid: false)
    rig.command(0x01 | 1 << 32, 0, 1)
    #expect(error(rig) == "MOVI_UNMAPPED_COLLECTION")
  }

  @Test("Higher priority first, then the lowest INTID; a disabled LPI stays pending")
  func order() {
    let rig = rig()
    rig.msi(1, 1)
    rig.msi(1, 0)
    #expect(rig.highest(8192, priority: 0xA0))
    rig.configure(lpi: 8193, 0x41)
    rig.act(0x0C, 1, 1)
    #expect(rig.highest(8193, priority: 0x40))
    rig.configure(lpi: 8193, 0x40)
    rig.command(0x0D, 0, 0)
    #expect(rig.highest(8192, priority: 0xA0))
  }

  @Test("The property byte in memory and the cached one are two things: only INV brings one to the other (5.1.1)")
  func cachedConfiguration() {
    let rig = rig()
    rig.msi(1, 0)
    rig.configure(lpi: 8192, 0xA0)
    #expect(rig.highest(8192, priority: 0xA0), "disabled in memory, enabled in the cache")
    rig.act(0x0C, 1, 0)
    #expect(rig.highest(nil))
    rig.configure(lpi: 8192, 0x61)
    #expect(rig.highest(nil))
    rig.write(.gicr, 0xA0, 8192, size: 8)
    #expect(rig.highest(8192, priority: 0x60), "GICR_INVLPIR does the same")
  }

  @Test("QEMU caches no configuration: it reads the byte whenever the LPI becomes pending")
  func uncachedConfiguration() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.configure(lpi: 8192, 0xA1)
    rig.msi(1, 0)
    #expect(rig.reads(.ICC_IAR1_EL1, 8192))
    rig.write(.ICC_EOIR1_EL1, 8192)
    rig.configure(lpi: 8192, 0xA0)
    rig.msi(1, 0)
    #expect(rig.highest(nil))
  }

  @Test("Table sizes bound DeviceIDs and ICIDs, flat and two-level (5.2.1, 12.19)", arguments: [false, true])
  func tableLimits(indirect: Bool) {
    let rig = Rig(profile: .qemu7)
    let deviceType: UInt64 = 1 << 56 | 7 << 48
    let collectionType: UInt64 = 4 << 56 | 7 << 48
    _ = rig.reads(.gits, 0x8, 0x1F_0001_EFB1, size: 8)
    _ = rig.reads(.gits, 0x100, deviceType, size: 8)
    _ = rig.reads(.gits, 0x108, collectionType, size: 8)
    // One 4 KiB page each: 512 entries of 8 bytes, or 512 second-level pages of 512 entries.
    rig.write(.gits, 0x100, 1 << 63 | (indirect ? 1 << 62 : 0) | 0x1_0000, size: 8)
    rig.write(.gits, 0x108, 1 << 63 | 0x2_0000, size: 8)
    rig.write(.gits, 0x0, 1)
    rig.mapd(indirect ? 511 * 512 : 511)
    #expect(indirect || error(rig) == nil)
    rig.mapd(indirect ? 512 * 512 : 512)
    #expect(error(rig) == "MAPD_DEVICE_OOR")
    rig.mapd(5, bits: 17)
    #expect(error(rig) == "MAPD_ITTSIZE_OOR")
    rig.mapc(511, pe: 0)
    #expect(error(rig) == nil)
    rig.mapc(512, pe: 0)
    #expect(error(rig) == "MAPC_COLLECTION_OOR")
  }

  @Test("A configuration that no event has shown is unknown until the capture shows its effect")
  func unknownConfiguration() {
    let rig = Rig()
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.msi(1, 0)
    #expect(rig.isTaught { _ = rig.highest(8192, priority: 0xA0) })
    #expect(rig.lines(.irq))
    #expect(rig.reads(.ICC_IAR1_EL1, 8192))
  }

  @Test("After INV the configuration may have changed, before it may not")
  func invalidate() {
    let rig = rig()
    rig.msi(1, 0)
    #expect(rig.isTaught { _ = rig.highest(nil) }, "the byte in memory may disable it by now")
    rig.act(0x0C, 1, 0)
    #expect(rig.isTaught { _ = rig.highest(8192, priority: 0x60) })
    let before = rig.totals.disagreed
    _ = rig.highest(nil)
    #expect(rig.totals.disagreed == before + 1, "nothing made the controller read the byte again")
  }

  @Test("GICR_SETLPIR and GICR_CLRLPIR act without an ITS (12.11.34, 12.11.1)")
  func directLPIs() {
    let rig = rig()
    rig.write(.gicr, 0x40, 8192, size: 8)
    #expect(rig.highest(8192, priority: 0xA0))
    rig.write(.gicr, 0x48, 8192, size: 8)
    #expect(rig.highest(nil))
  }

  @Test("Setting EnableLPIs brings pending state from memory that only its effect shows; PTZ promises none")
  func pendingTable() {
    let unknown = Rig()
    unknown.open()
    unknown.write(.gicr, 0x78, 0x4200_0000, size: 8)
    unknown.write(.gicr, 0x0, 1)
    #expect(unknown.isTaught { _ = unknown.highest(8200, priority: 0xA0) })
    let zero = rig()
    #expect(!zero.isTaught { _ = zero.highest(8200, priority: 0xA0) })
    #expect(zero.totals.disagreed == 1)
  }

  @Test("Table entries that the capture shows are predicted: the entry before the command, then after it")
  func tableEntries() {
    let rig = rig()
    rig.act(0x0F, 1, 0)
    let valid: UInt64 = 1 << 40
    func ite(_ flags: UInt8, isValid: Bool) {
      rig.apply(
        Event(
          time: 0, kind: .tableEntry, flags: EventFlags(rawValue: 2 | flags), a: 0x1_0000,
          b: (isValid ? valid : 0) | 1 << 41),
        Event(time: 0, kind: .continuation, a: 8192, b: 0x3FF << 32)
      )
    }
    #expect(rig.agrees { rig.apply(Event(time: 0, kind: .tableEntry, a: 1 | 4 << 32 | valid, b: 0x1_0000)) }, "DTE")
    #expect(rig.agrees { ite(0, isValid: true) }, "read before the command's effect")
    #expect(
      rig.agrees { rig.apply(Event(time: 0, kind: .tableEntry, flags: EventFlags(rawValue: 1), a: valid, b: 0)) },
      "CTE")
    #expect(rig.agrees { ite(4, isValid: false) }, "written by it")
  }

  @Test("A mapping made before the capture began is learned from the table reads of its first use")
  func learnedMapping() {
    let rig = Rig(atReset: false)
    rig.write(.gicd, 0x0, 3)
    rig.write(.ICC_PMR_EL1, 0xF0)
    rig.write(.ICC_IGRPEN1_EL1, 1)
    rig.msi(7, 3)
    #expect(rig.transitions(.pending).isEmpty)
    let valid: UInt64 = 1 << 40
    rig.apply(
      Event(time: 0, kind: .tableEntry, a: 7 | 4 << 32 | valid, b: 0x7000),
      Event(time: 0, kind: .tableEntry, flags: EventFlags(rawValue: 2), a: 0x7000, b: 3 | valid | 1 << 41),
      Event(time: 0, kind: .continuation, a: 8300 | 2 << 32, b: 0x3FF << 32),
      Event(time: 0, kind: .tableEntry, flags: EventFlags(rawValue: 1), a: 2 | valid, b: 0))
    #expect(rig.transitions(.pending).map(\.intid) == [8300])
    #expect(rig.transitions(.pending).first?.provenance == .inferred)
    #expect(rig.totals.disagreed == 0)
  }

  @Test("CREADR follows CWRITER once the commands are done; CBASER resets it (12.19)")
  func commandQueue() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8)
    #expect(rig.reads(.gits, 0x90, 0, size: 8))
    rig.write(.gits, 0x0, 1)
    rig.write(.gits, 0x88, 0x40, size: 8)
    #expect(rig.reads(.gits, 0x90, 0x40, size: 8))
    #expect(rig.reads(.gits, 0x88, 0x40, size: 8))
    rig.write(.gits, 0x80, 0, size: 8)
    #expect(rig.reads(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8), "read-only while the ITS is enabled")
  }

  @Test("Commands wait while GITS_CBASER.Valid is 0, and while the reader is shown to stand still (12.19)")
  func unreadCommands() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gits, 0x80, 0x5000_0000, size: 8)
    rig.write(.gits, 0x0, 1)
    rig.write(.gits, 0x88, 0x40, size: 8)
    #expect(rig.transitions(.commandsWaiting).map(\.b) == [0x40])
    #expect(rig.reads(.gits, 0x90, 0, size: 8))
    let stuck = Rig(profile: .qemu7)
    stuck.write(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8)
    stuck.write(.gits, 0x0, 1)
    stuck.write(.gits, 0x88, 0x40, size: 8)
    #expect(stuck.transitions(.commandsWaiting).isEmpty)
    #expect(!stuck.reads(.gits, 0x90, 0x20, size: 8) && stuck.reads(.gits, 0x90, 0x20, size: 8))
    #expect(stuck.transitions(.commandsWaiting).map(\.a) == [0x20, 0x20])
  }

  @Test("A write of GITS_CBASER starts the queue again: the next command is fetched from its first slot (12.19)")
  func commandQueueStartsAgain() {
    let rig = Rig(profile: .qemu7)
    for _ in 0..<2 {
      rig.write(.gits, 0x0, 0)
      rig.write(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8)
      rig.write(.gits, 0x88, 0, size: 8)
      rig.write(.gits, 0x0, 1)
      rig.write(.gits, 0x88, 0x40, size: 8)
      for slot: UInt64 in 0...1 { rig.apply(Event(time: 0, kind: .itsProcess, a: slot, b: 0x05)) }
      #expect(rig.reads(.gits, 0x90, 0x40, size: 8))
    }
    #expect(rig.totals.disagreed == 0 && rig.totals.taught == 0)
  }

  @Test("Bits 4:1 of GITS_CWRITER are reserved: the offset is in bits 19:5 (12.19)")
  func reservedWriterBits() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8)
    rig.write(.gits, 0x0, 1)
    rig.write(.gits, 0x88, 0x90, size: 8)
    #expect(rig.reads(.gits, 0x90, 0x80, size: 8))
    #expect(rig.transitions(.commandsWaiting).isEmpty)
  }

  @Test("QEMU's ITS reads no command while GITS_CWRITER points beyond the queue")
  func writerBeyondQueue() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8)
    rig.write(.gits, 0x0, 1)
    rig.write(.gits, 0x88, 0x60, size: 8)
    rig.write(.gits, 0x88, 0x1020, size: 8)
    #expect(rig.reads(.gits, 0x90, 0x60, size: 8))
    #expect(rig.transitions(.commandsWaiting).map(\.b) == [0x1020, 0x1020])
    rig.write(.gits, 0x88, 0xFE0, size: 8)
    #expect(rig.reads(.gits, 0x90, 0xFE0, size: 8))
  }

  @Test("A command that stalled the queue is fetched again (12.19)")
  func stalledCommand() {
    let rig = Rig(profile: .qemu7)
    rig.write(.gits, 0x80, 1 << 63 | 0x5000_0000, size: 8)
    rig.write(.gits, 0x0, 1)
    rig.write(.gits, 0x88, 0x40, size: 8)
    for slot: UInt64 in 0...1 { rig.apply(Event(time: 0, kind: .itsProcess, a: slot, b: 0x0A)) }
    #expect(!rig.reads(.gits, 0x90, 0x21, size: 8), "that it stalled only the read tells")
    rig.write(.gits, 0x88, 0x60, size: 8)
    rig.apply(Event(time: 0, kind: .itsProcess, a: 1, b: 0x0A))
    #expect(rig.totals.disagreed == 0)
  }

  @Test("QEMU reads LPI configurations again when software sets EnableLPIs once more")
  func enabledAgain() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.msi(1, 0)
    rig.forget()
    #expect(!rig.highest(8192, priority: 0xA0) && rig.highest(8192, priority: 0xA0))
    rig.write(.gicr, 0x0, 1)
    #expect(!rig.highest(8192, priority: 0x10) && rig.highest(8192, priority: 0x10))
    #expect(rig.totals.disagreed == 0)
  }

  // MARK: LPIs disabled, tables of limited size

  @Test("MOVALL to or from a Redistributor with LPIs disabled moves nothing (5.3)")
  func moveAllDisabled() {
    let rig = rig()
    rig.msi(1, 0)
    rig.write(.gicr, 0x0, 0, owner: 1)
    rig.command(0x0E, 0, 0, 1 << 16)
    rig.write(.gicr, 0x0, 1, owner: 1)
    #expect(rig.highest(8192, priority: 0xA0, pe: 0))
    #expect(rig.highest(nil, pe: 1))
  }

  @Test("CLEAR does not reach a Redistributor with LPIs disabled")
  func clearDisabled() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.configure(lpi: 8192, 0xA1)
    rig.msi(1, 0)
    rig.write(.gicr, 0x0, 0)
    rig.act(0x04, 1, 0)
    rig.write(.gicr, 0x0, 1)
    #expect(rig.highest(8192, priority: 0xA0))
  }

  @Test("MOVI away from an unmapped collection is an error and changes nothing (5.3)")
  func moveFromUnmapped() {
    let rig = rig()
    rig.mapc(0, pe: 0, valid: false)
    rig.command(0x01 | 1 << 32, 0, 1)
    #expect(error(rig) == "MOVI_UNMAPPED_COLLECTION")
    rig.mapc(0, pe: 0)
    rig.msi(1, 0)
    #expect(rig.highest(8192, priority: 0xA0, pe: 0))
  }

  @Test("DISCARD of an interrupt whose collection is unmapped is an error and keeps the mapping (5.3)")
  func discardUnmappedCollection() {
    let rig = rig()
    rig.mapc(0, pe: 0, valid: false)
    rig.act(0x0F, 1, 0)
    #expect(error(rig) == "DISCARD_UNMAPPED_COLLECTION")
    rig.mapc(0, pe: 0)
    rig.msi(1, 0)
    #expect(rig.highest(8192, priority: 0xA0, pe: 0))
  }

  @Test("Tables end where GITS_BASER says: DEVICE_OOR, COLLECTION_OOR; INTIDs where GICD_TYPER.IDbits says")
  func outOfRange() {
    let rig = Rig {
      $0.set(.intidBits, to: 16, source: .register)
      $0.set(.gitsTyper, to: 15 << 13 | 15 << 8, source: .register)
    }
    rig.open()
    // One page of 4 KiB with entries of 8 bytes: 512 devices, 512 collections.
    _ = rig.reads(.gits, 0x100, 1 << 56 | 7 << 48, size: 8)
    _ = rig.reads(.gits, 0x108, 4 << 56 | 7 << 48, size: 8)
    rig.write(.gits, 0x100, 1 << 63 | 0x5000_0000, size: 8)
    rig.write(.gits, 0x108, 1 << 63 | 0x5001_0000, size: 8)
    rig.openLPIs()
    rig.mapd(511)
    #expect(error(rig) == nil)
    rig.mapd(512)
    #expect(error(rig) == "MAPD_DEVICE_OOR")
    rig.mapc(512, pe: 0)
    #expect(error(rig) == "MAPC_COLLECTION_OOR")
    rig.mapti(1, 0, intid: 8192, icid: 512)
    #expect(error(rig) == "MAPTI_COLLECTION_OOR")
    rig.mapti(1, 0, intid: 0x1_0000)
    #expect(error(rig) == "MAPTI_PHYSICALID_OOR")
    rig.mapti(1, 0, intid: 0xFFFF)
    #expect(error(rig) == nil)
  }

  @Test("QEMU reads the configuration of every pending LPI again after an acknowledge: a change may show without INV")
  func configurationReread() {
    let rig = Rig(profile: .qemu7)
    rig.open()
    rig.openLPIs()
    rig.mapti(1, 0, intid: 8192)
    rig.mapti(1, 1, intid: 8193)
    rig.msi(1, 0)
    #expect(rig.isTaught { _ = rig.highest(8192, priority: 0x80) })
    rig.msi(1, 1)
    #expect(rig.highest(8192, priority: 0x80))
    #expect(rig.reads(.ICC_IAR1_EL1, 8192))
    #expect(rig.isTaught { _ = rig.highest(8193, priority: 0x90) })
    #expect(rig.highest(8193, priority: 0x90))
  }
}
