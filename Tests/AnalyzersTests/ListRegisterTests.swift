import InterruptTrace
import Testing

@testable import Analyzers

@Suite("List registers: occupancy, loads, maintenance interrupts, overflows")
struct ListRegisterTests {
  private func lr(_ intid: UInt64, state: UInt64 = 1) -> UInt64 { intid | state << 62 }

  private func bank(_ transitions: [Transition], from: UInt64 = 0) -> ListRegisterBank {
    analyse(transitions, from: from).listRegisters.banks.first ?? ListRegisterBank()
  }

  @Test("Time with n list registers in use, with the virtual interface enabled and at all times")
  func occupancy() {
    let b = bank([
      Make.entered(100), Make.filled(110, 0, lr(40)), Make.filled(130, 1, lr(41)), Make.emptied(160, 0, lr(40)),
      Make.exited(200), Make.emptied(250, 1, lr(41)), Make.entered(300), Make.exited(400),
    ])
    #expect(b.timeEnabled == [110, 60, 30])
    #expect(b.time == [160, 110, 30])
    #expect(b.most == 2)
    #expect(b.entries == 2)
    #expect(b.entriesByMost == [1, 0, 1])
  }

  @Test("The guest's own end frees a list register too")
  func guestEnds() {
    let b = bank(
      [Make.entered(0), Make.filled(10, 0, lr(40)), Make.taken(20, 0, 40)] + Make.completed(30, 0, lr(40, state: 2))
        + [Make.exited(50)]
    )
    #expect(b.timeEnabled == [30, 20])
  }

  @Test("Writes count whatever they change, loads and overwrites apart")
  func writes() {
    let b = bank([
      Make.entered(0), Make.written(1, 0, lr(40)), Make.filled(1, 0, lr(40)), Make.written(2, 0, lr(41)),
      Make.make(.lrOverwritten, 2, 40, 0, a: 0, b: lr(40)), Make.filled(2, 0, lr(41)), Make.written(3, 1, 0),
    ])
    #expect([b.writes, b.fills, b.overwritten] == [3, 2, 1])
  }

  @Test("Maintenance interrupts by cause: each rising edge, with all its causes")
  func maintenance() {
    let b = bank([
      Make.maintenance(10, true, status: 0b11), Make.maintenance(20, false, status: 0),
      Make.maintenance(30, true, status: 0b1000),
    ])
    #expect(b.maintenance == 2)
    #expect(b.maintenanceByCause == [1, 1, 0, 1, 0, 0, 0, 0])
  }

  @Test("Ends that hit no list register; LPIs have no active state and need none")
  func endsWithoutListRegister() {
    let b = bank([Make.finished(10, 0xFF, 40), Make.finished(20, 0xFF, 8192), Make.finished(30, 0, 41)])
    #expect(b.endsWithoutListRegister == 1)
  }

  @Test("Interrupts that a hypervisor's model found no list register for wait until they are listed")
  func overflow() {
    let results = analyse([
      Make.make(.lrOverflow, 100, 40, 0), Make.make(.lrOverflow, 150, 40, 0), Make.filled(180, 0, lr(40)),
      Make.make(.lrOverflow, 200, 41, 0),
    ]).listRegisters
    #expect(results.waits.count == 1)
    #expect(results.waits.max == 80)
    #expect(results.waitingAtEnd == 1)
    #expect(results.banks.first?.overflows == 3)
  }

  @Test("An entry that asks for underflow maintenance had more interrupts than list registers")
  func pressed() {
    let results = analyse([
      Make.entered(100, control: 0b11), Make.filled(101, 0, lr(40)), Make.exited(200), Make.emptied(205, 0, lr(40)),
      Make.entered(210), Make.filled(211, 0, lr(40)), Make.filled(212, 1, lr(41)),
    ]).listRegisters
    #expect(results.banks.first?.entriesWithMoreWaiting == 1)
    #expect(results.possibleWaits.count == 1, "INTID 40 had been listed before")
    #expect(results.possibleWaits.max == 112)
  }

  @Test("With a list register to spare nothing waits for one, whatever the hypervisor asks for at each entry")
  func notPressed() {
    func waiting(_ lists: UInt64) -> UInt64 {
      bank([Make.entered(100, control: 5, registers: 2)] + (0..<lists).map { Make.filled(101 + $0, $0, lr(40 + $0)) })
        .entriesWithMoreWaiting
    }
    #expect([waiting(0), waiting(1), waiting(2)] == [0, 0, 1])
  }

  @Test("Of a hypervisor that never disables the interface, an entry is where the guest runs again")
  func entriesWithoutSwitch() {
    let b = bank(
      [Make.entered(100), Make.ran(110)] + Make.loaded(120, 0, lr(40)) + [Make.ran(130), Make.ran(135)]
        + Make.loaded(140, 0, 0, over: lr(40)) + [Make.ran(150)])
    #expect(b.entries == 3, "an entry for which no list register was written is none that needs one")
    #expect(b.entriesByMost == [1, 1])
  }

  @Test("What the hypervisor has read before it writes another over it is no loss")
  func saved() {
    let b = bank([Make.entered(0), Make.filled(1, 0, lr(40))] + Make.loaded(2, 0, lr(41), over: lr(40)))
    #expect([b.fills, b.overwritten] == [2, 0])
  }

  @Test("Only time in the window counts")
  func window() {
    let b = bank([Make.filled(100, 0, lr(40)), Make.emptied(300, 0, lr(40)), Make.filled(310, 0, lr(40))], from: 200)
    #expect(b.time.count <= 2)
    #expect(b.fills == 1)
  }

  @Test("Occupancy over time holds time times list registers in use")
  func overTime() {
    let use = analyse([
      Make.filled(0, 0, lr(40)), Make.filled(500, 1, lr(41)), Make.emptied(1500, 0, lr(40)),
      Make.emptied(3000, 1, lr(41)),
    ]).listRegisters.overTime
    let total: UInt64 = 4000
    #expect(use.used.reduce(0, &+) == total)
    #expect(use.most.max() == 2)
  }
}
