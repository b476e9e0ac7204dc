import InterruptTrace
import Testing

@testable import GICModel

@Suite("vPEs and virtual LPIs (GICv4; IHI 0069H, 5.2.6, 5.3, 6.2, 12.11.38)")
struct VirtualLPITests {
  /// vPE 0 on PE 0 with event 0 of device 1 mapped to virtual LPI 8192, doorbell 8200 for physical use.
  static func mapped(profile: Topology.Profile = .arch) -> Rig {
    let rig = Rig.v4(profile: profile)
    rig.configure(lpi: 8200, 0xA1)
    rig.vmapp(0, pe: 0)
    rig.vmapti(1, 0, vPE: 0, intid: 8192, doorbell: 8200)
    rig.forget()
    return rig
  }

  @Test("A virtual LPI of the resident vPE goes to its PE; its configuration is learned from what is shown")
  func direct() throws {
    let rig = Self.mapped()
    rig.setResident(0, pe: 0)
    #expect(rig.transitions(.vPEResident).map(\.a) == [Rig.vpt(0)])
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.kinds == [.msi, .virtualPending])
    let pending = try #require(rig.transitions(.virtualPending).first)
    #expect((pending.pe, pending.intid, pending.a, pending.b) == (0, 8192, UInt64(PendingCause.msi.rawValue), 1 << 32))
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0xA0)) })
    #expect(rig.virtualHighest(16, lpi: (8192, 0xA0)))
    #expect(rig.virtualLines(.virq))
    #expect(rig.reads(.ICV_HPPIR1_EL1, 8192))
    rig.forget()
    #expect(rig.reads(.ICV_IAR1_EL1, 8192))
    #expect(rig.kinds == [.virtualAcknowledged])
    #expect(try #require(rig.transitions.first).a == 16)
    #expect(rig.virtualHighest(nil))
    #expect(rig.reads(.ICV_RPR_EL1, 0xA0))
    rig.write(.ICV_EOIR1_EL1, 8192)
    #expect(rig.reads(.ICV_RPR_EL1, 0xFF))
    #expect(rig.reads(.ICH_HCR_EL2, 1), "no list register is missed")
    rig.msi(1, 0)
    #expect(rig.virtualHighest(16, lpi: (8192, 0xA0)), "the configuration is known now")
  }

  @Test("A virtual LPI of a vPE that is not resident rings the doorbell, and waits in the table")
  func doorbell() throws {
    let rig = Self.mapped()
    rig.msi(1, 0)
    #expect(rig.kinds == [.msi, .virtualPending, .enabled, .pending])
    let bell = try #require(rig.transitions(.pending).first)
    #expect((bell.intid, bell.pe, bell.a) == (8200, 0, UInt64(PendingCause.doorbell.rawValue)))
    #expect(rig.highest(8200, priority: 0xA0))
    #expect(rig.virtualHighest(nil))
    rig.msi(1, 0)
    #expect(rig.transitions(.virtualMerged).count == 1)
    #expect(rig.transitions(.merged).count == 1, "it rings again")
    rig.setResident(0, pe: 0)
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0xA0)) })
  }

  @Test("Without a doorbell nothing rings")
  func noDoorbell() {
    let rig = Rig.v4()
    rig.vmapp(0, pe: 0)
    rig.vmapti(1, 0, vPE: 0, intid: 8192)
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.kinds == [.msi, .virtualPending])
  }

  @Test("Residency is by pending table: the vPE must be where the vPE table says")
  func residentElsewhere() {
    let rig = Self.mapped()
    rig.setResident(0, pe: 1)
    rig.msi(1, 0)
    #expect(rig.transitions(.pending).map(\.intid) == [8200], "vPE 0 is mapped to PE 0")
  }

  @Test("GICR_VPENDBASER: PendingLast is set when valid, and tells at the end whether something is pending")
  func pendingLast() {
    let rig = Self.mapped(profile: .qemu7)
    let valid: UInt64 = 1 << 63
    let last: UInt64 = 1 << 61
    rig.setResident(0, pe: 0)
    #expect(rig.reads(.gicr, 0x2_0078, valid | last | Rig.vpt(0), size: 8, owner: 0))
    rig.setResident(0, pe: 0, false)
    #expect(rig.reads(.gicr, 0x2_0078, Rig.vpt(0), size: 8, owner: 0))
    rig.setResident(0, pe: 0)
    rig.msi(1, 0)
    rig.showVirtualHighest(16, lpi: (8192, 0xA0))
    rig.forget()
    rig.setResident(0, pe: 0, false)
    #expect(rig.transitions(.vPENonresident).map(\.b) == [1])
    #expect(rig.reads(.gicr, 0x2_0078, last | Rig.vpt(0), size: 8, owner: 0))
    #expect(rig.virtualHighest(nil))
  }

  @Test("GICR_VPENDBASER: while it is valid, other writes than one that clears Valid are ignored")
  func changeWhileValid() {
    let rig = Self.mapped(profile: .qemu7)
    rig.setResident(0, pe: 0)
    rig.setResident(1, pe: 0)
    #expect(rig.reads(.gicr, 0x2_0078, 1 << 63 | 1 << 61 | Rig.vpt(0), size: 8, owner: 0))
  }

  @Test("A list register of the same priority goes before a virtual LPI")
  func listRegisterFirst() {
    let rig = Self.mapped()
    rig.setResident(0, pe: 0)
    rig.msi(1, 0)
    rig.showVirtualHighest(16, lpi: (8192, 0xA0))
    rig.load(0, Rig.lr(40, priority: 0xA0))
    #expect(rig.virtualHighest(0, lpi: (8192, 0xA0)))
    rig.load(0, Rig.lr(40, priority: 0xA8))
    #expect(rig.virtualHighest(16, lpi: (8192, 0xA0)))
  }

  @Test("VMOVP moves the vPE, and what is pending with it")
  func moveVirtualPE() {
    let rig = Self.mapped()
    rig.msi(1, 0)
    rig.command(0x22, 0, 1 << 16)
    rig.setResident(0, pe: 1)
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0xA0), pe: 1) })
    rig.msi(1, 0)
    #expect(rig.virtualHighest(16, lpi: (8192, 0xA0), pe: 1))
    #expect(rig.transitions(.pending).allSatisfy { $0.pe != 1 }, "no doorbell: it is resident on PE 1")
  }

  @Test("VMOVI moves one interrupt and its pending state, with another doorbell if D is set")
  func moveInterrupt() {
    let rig = Self.mapped()
    rig.configure(lpi: 8201, 0xA1)
    rig.vmapp(1, pe: 1)
    rig.msi(1, 0)
    rig.forget()
    rig.command(0x21 | 1 << 32, 1 << 32, 1 | 8201 << 32)
    #expect(rig.kinds == [.virtualPendingCleared, .virtualPending, .enabled, .pending, .itsCommand])
    #expect(rig.transitions(.pending).map(\.intid) == [8201])
    #expect(rig.highest(8201, priority: 0xA0, pe: 1))
    rig.setResident(1, pe: 1)
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0xA0), pe: 1) })
  }

  @Test("INT, CLEAR and DISCARD act on virtual entries")
  func act() {
    let rig = Self.mapped()
    rig.setResident(0, pe: 0)
    rig.act(0x03, 1, 0)
    rig.showVirtualHighest(16, lpi: (8192, 0xA0))
    rig.forget()
    rig.act(0x04, 1, 0)
    #expect(rig.kinds == [.virtualPendingCleared, .itsCommand])
    #expect(rig.virtualHighest(nil))
    rig.act(0x03, 1, 0)
    rig.act(0x0F, 1, 0)
    #expect(rig.virtualHighest(nil))
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.kinds == [.msi, .itsFault])
  }

  @Test("VMAPI: the virtual INTID is the EventID")
  func mapByEvent() {
    let rig = Rig.v4()
    rig.command(0x08 | 2 << 32, 13, 0x2_0000 | 1 << 63)
    rig.vmapp(0, pe: 0)
    rig.command(0x2B | 2 << 32, 8195, 1023 << 32)
    rig.forget()
    rig.msi(2, 8195)
    #expect(rig.transitions(.virtualPending).map(\.intid) == [8195])
  }

  @Test("INV and VINVALL make the configuration a matter of memory again")
  func invalidate() {
    let rig = Self.mapped(profile: .qemu7)
    rig.setResident(0, pe: 0)
    rig.msi(1, 0)
    rig.showVirtualHighest(16, lpi: (8192, 0xA0))
    #expect(!rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0x80)) }, "it was confirmed")
    rig.act(0x0C, 1, 0)
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0x80)) })
    rig.command(0x2D, 0)
    #expect(rig.isTaught { rig.showVirtualHighest(nil) }, "disabled in memory")
  }

  @Test("The same virtual INTID of two guests is two interrupts")
  func twoGuests() {
    let rig = Self.mapped()
    rig.vmapp(1, pe: 1)
    rig.vmapti(1, 1, vPE: 1, intid: 8192, doorbell: 8200)
    rig.write(.gicr, 0x2_0070, 0x5800_0000 | 0xF, size: 8, owner: 1)
    rig.setResident(0, pe: 0)
    rig.setResident(1, pe: 1)
    rig.msi(1, 0)
    rig.showVirtualHighest(16, lpi: (8192, 0xA0), pe: 0)
    #expect(rig.virtualHighest(nil, pe: 1))
    rig.msi(1, 1)
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0x20), pe: 1) })
    #expect(rig.virtualHighest(16, lpi: (8192, 0xA0), pe: 0))
  }

  @Test("A vPE that is not mapped is an error (VMOVP_UNMAPPED_VPE), and an MSI to it a fault")
  func unmapped() throws {
    let rig = Rig.v4()
    rig.forget()
    rig.command(0x22, 5 << 32, 0)
    let code = try #require(rig.transitions(.itsCommand).first).b
    #expect(ITSError.name(ofCode: code) == "VMOVP_UNMAPPED_VPE")
    rig.vmapti(1, 0, vPE: 5, intid: 8192)
    rig.forget()
    rig.msi(1, 0)
    #expect(rig.transitions(.itsFault).map(\.b) == [ITSFault.unmappedVPE.rawValue])
  }

  @Test("Errors of VMAPTI: unmapped device, INTID and doorbell out of range, event out of range")
  func errors() {
    let rig = Rig.v4()
    func error(_ body: () -> Void) -> String? {
      rig.forget()
      body()
      return rig.transitions(.itsCommand).first.flatMap { ITSError.name(ofCode: $0.b) }
    }
    rig.vmapp(0, pe: 0)
    #expect(error { rig.vmapti(9, 0, vPE: 0, intid: 8192) } == "VMAPTI_UNMAPPED_DEVICE")
    #expect(error { rig.vmapti(1, 0, vPE: 0, intid: 100) } == "VMAPTI_PHYSICALID_OOR")
    #expect(error { rig.vmapti(1, 0, vPE: 0, intid: 8192, doorbell: 40) } == "VMAPTI_PHYSICALID_OOR")
    #expect(error { rig.vmapti(1, 64, vPE: 0, intid: 8192) } == "VMAPTI_ID_OOR")
    #expect(error { rig.vmapp(0, pe: 99) } == "VMAPP_PROCNUM_OOR")
    rig.vmapti(1, 0, vPE: 0, intid: 8192)
    #expect(error { rig.command(0x01 | 1 << 32, 0, 0) } == "MOVI_UNMAPPED_INTERRUPT", "MOVI is for physical interrupts")
  }

  @Test("vPE table entries: VMAPP writes, VMOVP reads the old and writes the new")
  func tableEntries() {
    let rig = Rig.v4()
    func entry(_ rdbase: UInt64, write: Bool) -> Bool {
      rig.agrees {
        rig.apply(
          Event(
            time: 0, kind: .tableEntry, flags: EventFlags(rawValue: write ? 7 : 3), a: 0xF << 32 | 1 << 40,
            b: Rig.vpt(0)),
          Event(time: 0, kind: .continuation, a: rdbase)
        )
      }
    }
    rig.vmapp(0, pe: 0)
    #expect(entry(0, write: true))
    rig.command(0x22, 0, 1 << 16)
    #expect(entry(0, write: false))
    #expect(entry(1, write: true))
    rig.command(0x2D, 0)
    #expect(entry(1, write: false))
    #expect(!entry(0, write: false))
  }

  @Test(
    "A table read teaches a vPE that was mapped before the capture began, and the MSI that waited for it goes through")
  func taughtByTable() {
    let rig = Rig(architecture: .v4, atReset: false)
    rig.openVirtual()
    rig.setResident(0, pe: 0)
    rig.forget()
    rig.msi(1, 0)
    rig.apply(Event(time: 0, kind: .tableEntry, flags: [], a: 1 | 4 << 32 | 1 << 40, b: 0x1_0000))
    rig.apply(
      Event(time: 0, kind: .tableEntry, flags: EventFlags(rawValue: 2), a: 0x1_0000, b: 1 << 40),
      Event(time: 0, kind: .continuation, a: 8192, b: 0 | 1023 << 32))
    #expect(rig.transitions(.virtualPending).isEmpty)
    rig.apply(
      Event(time: 0, kind: .tableEntry, flags: EventFlags(rawValue: 3), a: 0xF << 32 | 1 << 40, b: Rig.vpt(0)),
      Event(time: 0, kind: .continuation, a: 0))
    #expect(rig.transitions(.virtualPending).map(\.intid) == [8192])
    #expect(rig.isTaught { rig.showVirtualHighest(16, lpi: (8192, 0xA0)) })
  }

  @Test("GICv4.1: residency by vPEID, default doorbell, virtual SGIs (VSGI, GITS_SGIR)")
  func version41() {
    let rig = Rig.v4(architecture: .v4_1)
    rig.configure(lpi: 8210, 0xA1)
    rig.vmapp(3, pe: 0, doorbell: 8210)
    rig.forget()
    rig.vmapti(1, 0, vPE: 3, intid: 8192)
    rig.msi(1, 0)
    #expect(rig.transitions(.pending).map(\.intid) == [8210])
    // VSGI: SGI 5 of vPE 3, priority 0x80, Group 1, enabled.
    rig.command(0x23 | 5 << 32 | 8 << 20 | 1 << 10 | 1 << 8, 3 << 32)
    rig.write(.gicr, 0x2_0078, 1 << 63 | 1 << 58 | 3, size: 8, owner: 0)
    rig.showVirtualHighest(16, lpi: (8192, 0xA0))
    rig.write(.gits, 0x2_0020, 3 << 32 | 5, size: 8)
    #expect(rig.virtualHighest(16, lpi: (5, 0x80)))
    #expect(rig.reads(.ICV_IAR1_EL1, 5))
    rig.write(.ICV_EOIR1_EL1, 5)
    #expect(rig.virtualHighest(16, lpi: (8192, 0xA0)))
  }

  @Test("GICR_VSGIR asks for a vPE's pending virtual SGIs, GICR_VSGIPENDR answers (12.11.41, 12.11.40)")
  func pendingVirtualSGIs() {
    let rig = Rig.v4(architecture: .v4_1)
    rig.vmapp(3, pe: 0)
    rig.command(0x23 | 5 << 32 | 8 << 20 | 1 << 10 | 1 << 8, 3 << 32)
    for sgi in [5, 9] as [UInt64] { rig.write(.gits, 0x2_0020, 3 << 32 | sgi, size: 8) }
    rig.write(.gicr, 0x2_0080, 3, owner: 0)
    #expect(rig.reads(.gicr, 0x2_0088, 1 << 5 | 1 << 9, owner: 0))
    // While Busy is set the other bits say nothing.
    #expect(rig.isTaught { _ = rig.reads(.gicr, 0x2_0088, 1 << 31, owner: 0) })
    // VSGI with clear set takes one back.
    rig.command(0x23 | 5 << 32 | 1 << 9, 3 << 32)
    #expect(rig.reads(.gicr, 0x2_0088, 1 << 9, owner: 0))
  }

  @Test("Before GICv4.1 there is no GICR_VSGIR: the place reads as zero")
  func noVirtualSGIs() {
    let rig = Rig.v4()
    rig.write(.gicr, 0x2_0080, 3, owner: 0)
    #expect(rig.reads(.gicr, 0x2_0088, 0, owner: 0))
  }
}
