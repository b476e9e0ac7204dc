import InterruptTrace
import Testing

@testable import Analyzers

@Suite("Virtual interrupts from list register to the guest's end")
struct VirtualInterruptTests {
  /// A value of `ICH_LR<n>_EL2`: state 1 pending, 2 active, 3 both.
  private func lr(_ intid: UInt64, state: UInt64 = 1, physical: UInt64? = nil) -> UInt64 {
    intid | state << 62 | (physical.map { 1 << 61 | $0 << 32 } ?? 0)
  }

  private func only(_ v: VirtualInterrupts, _ stage: VirtualStage) -> UInt64? {
    let rows = v.latency(of: stage)
    return rows.count == 1 && rows[0].distribution.count == 1 ? rows[0].distribution.max : nil
  }

  @Test("Each stage is measured from its first moment to its last")
  func stages() {
    let v = analyse([
      Make.filled(100, 0, lr(40)), Make.taken(130, 0, 40), Make.finished(150, 0, 40, deactivates: false),
      Make.released(170, 0, 40), Make.emptied(170, 0, lr(40, state: 2)),
    ]).virtual
    #expect(only(v, .listedToAcknowledge) == 30)
    #expect(only(v, .acknowledgeToEOI) == 20)
    #expect(only(v, .acknowledgeToDeactivate) == 40)
    #expect(only(v, .listedToEOI) == 50)
    #expect((v.listed, v.acknowledges, v.endOfInterrupts, v.deactivations) == (1, 1, 1, 1))
    #expect(v.acknowledgesByClass == [0, 0, 1, 0])
    #expect(v.exclusions == VirtualExclusions())
  }

  @Test("Taken out at an exit while pending and loaded again, an interrupt stays listed from the first time on")
  func loadedAgain() {
    let v = analyse(
      [Make.filled(100, 0, lr(40)), Make.emptied(110, 0, lr(40)), Make.filled(120, 2, lr(40)), Make.taken(130, 2, 40)]
        + Make.completed(140, 2, lr(40, state: 2))
    ).virtual
    #expect((v.listed, v.relisted) == (1, 1))
    #expect(only(v, .listedToAcknowledge) == 30)
    #expect(v.exclusions == VirtualExclusions())
  }

  @Test(
    "Not loaded at the next entry of its PE, an interrupt may have been withdrawn; not if list registers were short",
    arguments: [1, 3])
  func leftOut(control: UInt64) {
    let v = analyse(
      [Make.entered(90), Make.filled(100, 0, lr(40)), Make.exited(105), Make.emptied(110, 0, lr(40))]
        + [Make.entered(120, control: control), Make.exited(130), Make.entered(140, control: control)]
        + [Make.filled(141, 0, lr(40)), Make.taken(150, 0, 40)]
    ).virtual
    let isShort = control != 1
    #expect((v.listed, v.relisted) == (1, 1))
    #expect(only(v, .listedToAcknowledge) == (isShort ? 50 : nil))
    #expect(v.exclusions.startUnknown == (isShort ? 0 : 1))
  }

  @Test("Nothing is paired across the load of a vCPU; what comes after the first write of a list register is new")
  func loadedVCPU() {
    let switched = [Make.filled(100, 0, lr(27)), Make.make(.vCPULoaded, 200)]
    let restored = Make.loaded(201, 1, 0) + [Make.written(202, 0, lr(27))] + Make.loaded(203, 1, lr(31))
    let v = analyse(
      switched + restored + [Make.ran(210), Make.taken(220, 0, 27)] + Make.completed(230, 0, lr(27, state: 2))
        + [Make.taken(240, 1, 31)] + Make.completed(250, 1, lr(31, state: 2))
    ).virtual
    #expect(only(v, .listedToAcknowledge) == 37, "of 31; of 27 it is not known when it was listed for this vCPU")
    #expect(v.exclusions.startUnknown == 1)
    // What is taken out by the load does not go on when it is listed again.
    let back = Make.loaded(201, 0, lr(31), over: lr(27)) + [Make.ran(210), Make.exited(215)]
    let again = analyse(switched + back + Make.loaded(220, 1, lr(27)) + [Make.ran(225), Make.taken(230, 1, 27)]).virtual
    #expect(again.relisted == 0 && only(again, .listedToAcknowledge) == 10)
  }

  @Test("Taken out while active and loaded again, its end belongs to its acknowledge")
  func loadedAgainWhileActive() {
    let v = analyse(
      [Make.filled(100, 0, lr(40)), Make.taken(130, 0, 40), Make.emptied(140, 0, lr(40, state: 2))]
        + [Make.filled(150, 1, lr(40, state: 2))] + Make.completed(160, 1, lr(40, state: 2))
    ).virtual
    #expect(only(v, .acknowledgeToEOI) == 30)
    #expect(v.relisted == 1)
  }

  @Test("An SPI goes on under another PE, a PPI does not")
  func otherPE() {
    func run(_ intid: UInt64) -> VirtualInterrupts {
      analyse([
        Make.filled(100, 0, lr(intid), pe: 0), Make.emptied(110, 0, lr(intid), pe: 0),
        Make.filled(120, 0, lr(intid), pe: 1),
      ]).virtual
    }
    #expect(run(40).relisted == 1)
    #expect(run(27).relisted == 0)
  }

  @Test("Active and pending: what waits behind the end is listed from the end on")
  func activeAndPending() {
    let v = analyse([
      Make.filled(100, 0, lr(40)), Make.taken(130, 0, 40), Make.filled(135, 0, lr(40, state: 3)),
      Make.finished(150, 0, 40), Make.released(150, 0, 40), Make.taken(170, 0, 40),
    ]).virtual
    #expect(v.latency(of: .listedToAcknowledge).map(\.distribution.min) == [20])
    #expect(v.latency(of: .listedToAcknowledge).map(\.distribution.max) == [30])
  }

  @Test("Hardware-linked: from the physical interrupt, and the hypervisor's acknowledge of it, to the guest's end")
  func hardwareLinked() {
    let v = analyse(
      [
        Make.make(.lrWritten, 10, 0, 0), Make.pending(50, 27), Make.acknowledged(60, 27), Make.ended(62, 27),
        Make.filled(100, 0, lr(40, physical: 27)), Make.taken(130, 0, 40),
      ] + Make.completed(150, 0, lr(40, state: 2, physical: 27)) + [Make.deactivated(150, 27)]
    ).virtual
    #expect(only(v, .physicalToListed) == 50)
    #expect(only(v, .physicalAcknowledgeToListed) == 40)
    #expect(only(v, .physicalToEOI) == 100)
    #expect(v.hardwareLinked == 1)
    #expect(v.interrupts.map(\.physicalINTID) == [27])
  }

  @Test("A linked interrupt that the hypervisor raised by itself has no physical start")
  func linkedWithoutPhysical() {
    let v = analyse([Make.pending(50, 27), Make.filled(100, 0, lr(27, physical: 27))]).virtual
    #expect(v.exclusions.physicalUnknown == 1)
    #expect(v.latency(of: .physicalToListed).isEmpty)
  }

  @Test("A list register of GICH's layout")
  func gicv2() {
    let value: UInt64 = 40 | 1 << 28 | 1 << 31 | 72 << 10
    let v = analyse([
      Make.make(.lrWritten, 10, 0, 0), Make.pending(50, 72), Make.acknowledged(60, 72), Make.filled(100, 0, value),
      Make.taken(130, 0, 40),
    ]).virtual
    #expect(only(v, .physicalToListed) == 50)
    #expect(only(v, .listedToAcknowledge) == 30)
  }

  @Test("The SGI of another source is another interrupt")
  func sources() {
    func sgi(_ source: UInt64) -> UInt64 { 5 | source << 10 | 1 << 28 }
    let v = analyse([
      Make.filled(100, 0, sgi(1)), Make.filled(100, 1, sgi(2)), Make.emptied(110, 1, sgi(2)),
      Make.filled(120, 1, sgi(3)), Make.filled(130, 2, sgi(2)),
    ]).virtual
    #expect((v.listed, v.relisted) == (3, 1))
  }

  @Test("What a read of the list register shows was loaded some time before: no latency from there")
  func shownByRead() {
    let v = analyse([Make.filled(100, 0, lr(40), .observed), Make.taken(130, 0, 40)]).virtual
    #expect(v.exclusions.startUnknown == 1)
    #expect(v.latency(of: .listedToAcknowledge).isEmpty)
  }

  @Test("Directly injected: from pending for the vPE to the guest's acknowledge and end")
  func direct() {
    let v = analyse([
      Make.make(.virtualPending, 100, 8192, 0, a: UInt64(PendingCause.msi.rawValue)),
      Make.make(.virtualMerged, 110, 8192, 0), Make.taken(130, 16, 8192), Make.finished(150, 0xFF, 8192),
    ]).virtual
    #expect(only(v, .pendingToAcknowledge) == 30)
    #expect(only(v, .pendingToEOI) == 50)
    #expect((v.directPending, v.directMerged, v.directAcknowledges) == (1, 1, 1))
    #expect(v.exclusions == VirtualExclusions())
  }

  @Test("A gap in the capture: what spans it is not measured")
  func gap() {
    let v = analyse([Make.filled(100, 0, lr(40)), Make.gap(120), Make.taken(130, 0, 40)]).virtual
    #expect(v.exclusions.acrossGap == 1)
    #expect(v.latency(of: .listedToAcknowledge).isEmpty)
  }

  @Test("State is kept of what lies before the window")
  func window() {
    let v = analyse([Make.filled(100, 0, lr(40)), Make.taken(130, 0, 40)], from: 120).virtual
    #expect((v.listed, v.acknowledges) == (0, 1))
    #expect(only(v, .listedToAcknowledge) == 30)
  }
}
