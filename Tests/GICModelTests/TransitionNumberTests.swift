import GICModel
import InterruptTrace
import Testing

@Suite("Numbers of transitions' events")
struct TransitionNumberTests {
  /// More transitions than one batch holds, from events between markers, which have a continuation each.
  private static let events: [Event] = (0..<2200).flatMap { number in
    [
      // GICD_ISENABLER1 and GICD_ICENABLER1 in turn.
      Event.mmio(
        .mmioWrite, time: UInt64(number), frame: .gicd, offset: number.isMultiple(of: 2) ? 0x104 : 0x184,
        value: 0xFFFF_FFFF, size: 4),
      Event(time: UInt64(number), kind: .marker, a: 4 << 16, b: 0),
      Event(time: UInt64(number), kind: .continuation, a: 0, b: 0),
    ]
  }

  private static var controller: Controller {
    var topology = Topology()
    topology.set(.architecture, to: .v3, source: .user)
    topology.set(.peCount, to: 1, source: .user)
    topology.set(.securityStates, to: .one, source: .user)
    return Controller(topology: topology)
  }

  @Test("A call that takes in more than one batch of transitions counts no continuation as an event")
  func batches() {
    var whole = Self.controller
    var single = Self.controller
    var all = TransitionBuffer(capacity: 64)
    var each = TransitionBuffer(capacity: 64)
    Self.events.withUnsafeBufferPointer { events in
      whole.apply(events, firstIndex: 0, into: &all)
      for at in stride(from: 0, to: events.count, by: 3) {
        let group = UnsafeBufferPointer(rebasing: events[at..<at + 3])
        single.apply(group, firstIndex: UInt64(at / 3 * 2), into: &each)
      }
    }
    #expect(all.transitions.count > 1 << 16)
    #expect(all.transitions.elementsEqual(each.transitions) { $0.event == $1.event })
  }
}
