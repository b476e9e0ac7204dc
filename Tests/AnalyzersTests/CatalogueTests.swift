import GICModel
import InterruptTrace
import Replay
import Testing

@testable import Analyzers

/// Real bugs by the events that show them; the numbers are those of the table in `Analyses/lost-interrupts.md`.
@Suite("Findings: a catalogue of real bugs")
struct CatalogueTests {
  private let ms: UInt64 = 1_000_000
  private let open = [
    Make.make(.begin, 0, a: 1), Make.make(.groupEnables, 1, .max, PE.none, a: 0b100, b: 0b111),
    Make.make(.sleep, 1, .max, 0, a: 0), Make.make(.groupEnables, 1, .max, 0, a: 0b100, b: 0b111),
    Make.make(.priorityMask, 1, .max, 0, a: 0xF0), Make.make(.lpisEnabled, 1, .max, 0, a: 1),
  ]

  private func find(_ transitions: [Transition], until end: UInt64 = 0) -> [Finding] {
    var all = open + transitions
    all.append(Make.make(.sgiSent, max(end, all.last?.time ?? 0), 1))
    for n in all.indices { all[n].event = UInt64(n) }
    return analyse(all).findings
  }

  private func has(_ kind: FindingKind, _ transitions: [Transition], until end: UInt64 = 0) -> Bool {
    find(transitions, until: end).contains { $0.kind == kind }
  }

  /// An acknowledge that the model did not expect to return `intid`.
  private func unexpected(_ time: UInt64, _ intid: UInt32, expected: UInt64 = 1023) -> Transition {
    let check = (0..<4096 as Range<UInt32>).first { Controller.check($0).name == "ICC_IAR1_EL1" } ?? 0
    var t = Make.make(.disagreed, time, .max, 0, a: expected, b: UInt64(intid))
    t.priority = check
    return t
  }

  private func filled(_ time: UInt64, _ list: UInt64, _ intid: UInt32, hardware: Bool = false) -> Transition {
    let value = 1 << 62 | UInt64(intid) | (hardware ? 1 << 61 | UInt64(intid) << 32 : 0)
    return Make.make(.lrFilled, time, intid, 0, a: list, b: value)
  }

  @Test("1: a timer handed to a guest that never ends it, for its list register was overwritten")
  func overwritten() {
    let life = [
      Make.make(.endMode, 3, .max, a: 1), Make.acknowledged(10, 27), Make.ended(20, 27),
      filled(30, 0, 27, hardware: true), Make.make(.lrOverwritten, 40, 27, 0, a: 0), filled(40, 0, 28),
    ]
    #expect(has(.missingDeactivate, life, until: 500 * ms) && has(.discardedPending, life))
  }

  @Test("3, 9, 15, 31: delivered though its line is low, its group off, itself disabled")
  func delivered() {
    let line = [Make.make(.lineRaised, 5, 33, 0), Make.make(.lineLowered, 8, 33, 0), unexpected(10, 33)]
    #expect(find(line).first?.chain.contains { $0.text.contains("line is low") } == true)
    let disabled = [Make.make(.disabled, 5, 40, 0), Make.pending(6, 40), unexpected(10, 40)]
    #expect(find(disabled).first?.chain.contains { $0.text.contains("disabled") } == true)
    #expect(has(.unexpectedAcknowledge, [unexpected(10, 40, expected: 42)]), "another has the higher priority")
  }

  @Test("4, 5: an LPI is taken that no MSI made pending")
  func restored() { #expect(has(.unexpectedAcknowledge, [unexpected(10, 8200)])) }

  @Test("6, 36: DISCARD with an unmapped collection, MAPC with a processor that does not exist")
  func commands() {
    #expect(has(.commandError, [Make.make(.itsCommand, 10, 8200, PE.none, a: 0x0F | 1 << 32, b: 0x010F09)]))
    #expect(has(.commandError, [Make.make(.itsCommand, 10, .max, PE.none, a: 0x09, b: 0x010902)]))
  }

  @Test("8: an LPI is listed as active though the guest has ended it, and keeps its list register")
  func activeLPI() throws {
    let value: UInt64 = 1 << 62 | 8200
    let active: UInt64 = 1 << 63 | 8200
    let life =
      [Make.entered(3), Make.filled(5, 0, value), Make.taken(10, 0, 8200)] + Make.completed(20, 0, active)
      + [Make.exited(30), Make.entered(40), Make.filled(41, 0, active)]
    let found = try #require(find(life, until: 9 * ms).first)
    #expect(found.kind == .stuckActive && found.isVirtual && found.intid == 8200)
  }

  @Test("16: what the guest is at is deactivated for another's end: its own hits no list register, without a shortage")
  func countedWrongly() {
    func life(_ control: UInt64) -> [Transition] {
      [
        Make.entered(3), filled(5, 0, 40), Make.taken(10, 0, 40), Make.exited(20),
        Make.emptied(21, 0, 1 << 63 | 40), Make.entered(30, control: control), Make.finished(40, 0xFF, 40),
      ]
    }
    #expect(find(life(0b1)).map(\.kind) == [.wrongEOI])
    #expect(find(life(0b111)).map(\.kind) == [.overflowDelay], "there were too few")
  }

  @Test("17: an LPI is taken on a second PE while its handler runs on the first")
  func twice() {
    let life = [
      Make.msi(5, 8200, device: 1), Make.acknowledged(10, 8200), Make.make(.retargeted, 12, 8200, 1, b: 1),
      Make.msi(15, 8200, device: 1, pe: 1), Make.acknowledged(20, 8200, pe: 1),
    ]
    #expect(find(life).map(\.kind) == [.unexpectedAcknowledge])
  }

  @Test("21, 22, 27: maintenance interrupts while the guest gets nothing done")
  func maintenance() {
    func life(_ rounds: UInt64, progress: Bool) -> [Transition] {
      (0..<rounds).flatMap { n -> [Transition] in
        [
          Make.make(.maintenance, 10 + n * 10, .max, 0, a: 1, b: 8),
          Make.make(.maintenance, 12 + n * 10, .max, 0, a: 0, b: 0),
        ] + (progress ? [Make.make(.virtualAcknowledged, 14 + n * 10, 40, 0, a: 0)] : [])
      }
    }
    #expect(find(life(100, progress: false)).first?.chain.last?.text == "MISR 0x8: NP")
    #expect(find(life(100, progress: true)).isEmpty)
    // Asked for before list registers are filled, and cleared after they are emptied: the guest sees none of it.
    let own = (0..<100).flatMap { n -> [Transition] in
      let t = 100 * UInt64(n)
      return [
        Make.maintenance(t + 10, true, status: 2), filled(t + 20, 0, 40), Make.maintenance(t + 20, false, status: 0),
        Make.make(.lrEmptied, t + 60, 40, 0, a: 0), Make.maintenance(t + 60, true, status: 2),
        Make.maintenance(t + 70, false, status: 0),
      ]
    }
    #expect(!analyse(open + own).findings.contains { $0.kind == .storm })
  }

  @Test("24, 33: an MSI of a vector, or of a device, that is not mapped")
  func unmapped() {
    for fault in [ITSFault.unmappedEvent, .unmappedDevice, .unmappedCollection, .eventOutOfRange] {
      var all =
        open + [
          Make.make(.msi, 10, .max, PE.none, a: 7 << 32 | 1),
          Make.make(.itsFault, 10, .max, PE.none, a: 7 << 32 | 1, b: fault.rawValue),
        ]
      all[all.count - 1].event = all[all.count - 2].event
      #expect(analyse(all).findings.map(\.kind) == [.unmappedMSI])
    }
  }

  @Test("25, 35: the same interrupt in two list registers")
  func listedTwice() {
    let twice = [filled(10, 0, 40), filled(20, 1, 40)]
    #expect(find(twice + [Make.ran(30)]).map(\.kind) == [.unexpectedAcknowledge])
    #expect(find(twice + [Make.exited(30)]).map(\.kind) == [.unexpectedAcknowledge])
    let moved = [filled(10, 0, 40), Make.make(.lrEmptied, 15, 40, 0, a: 0), filled(20, 1, 40), Make.ran(30)]
    #expect(find(moved).isEmpty)
    let switched = twice + [Make.make(.lrOverwritten, 25, 40, 0, a: 0x100), filled(25, 0, 41), Make.ran(30)]
    #expect(find(switched).isEmpty, "no guest runs while list registers are written one after the other")
  }

  @Test("26, 29: disabled while it is active, and never ended")
  func orphaned() {
    let life = [Make.make(.enabled, 2, 33, 0), Make.acknowledged(10, 33), Make.make(.disabled, 15, 33, 0)]
    #expect(has(.stuckActive, life, until: 9 * ms))
  }

  @Test("28: the line stays high, and no edge comes")
  func heldLine() {
    let life = [
      Make.make(.enabled, 2, 33, 0), Make.make(.triggerChanged, 2, 33, 0, a: 1), Make.make(.lineRaised, 5, 33, 0),
      Make.pending(5, 33), Make.acknowledged(10, 33), Make.ended(20, 33, deactivates: true), Make.deactivated(20, 33),
    ]
    #expect(has(.coalescedEdge, life, until: 9 * ms))
    #expect(!has(.coalescedEdge, life + [Make.make(.lineLowered, 30, 33, 0)], until: 9 * ms))
  }

  @Test("30: made pending while disabled, and still not delivered long after it was enabled")
  func lostWhileDisabled() {
    let life = [
      Make.make(.groupChanged, 2, 40, 0, a: 2), Make.make(.disabled, 5, 40, 0), Make.pending(10, 40),
      Make.make(.enabled, 15, 40, 0),
    ]
    #expect(has(.stuckPending, life, until: 3000 * ms))
    #expect(find(life, until: 100 * ms).isEmpty)
  }

  @Test("32, 38: commands that the ITS does not read")
  func queue() {
    #expect(has(.commandError, [Make.make(.commandsWaiting, 10, .max, PE.none, a: 0, b: 0x40)], until: 9 * ms))
  }

  @Test("34: LPIs are pending when EnableLPIs is cleared")
  func suspended() {
    let life = [
      Make.make(.enabled, 2, 8200), Make.msi(5, 8200, device: 1), Make.make(.lpisEnabled, 10, .max, 0, a: 0),
    ]
    #expect(has(.misrouted, life, until: 9 * ms))
  }

  @Test("39: acknowledges again and again after a spurious one")
  func spurious() { #expect(has(.spuriousAcknowledge, (10..<20).map { Make.spurious($0) })) }
}
