import GICModel
import InterruptTrace
import Replay
import Reports

/// One event of a capture, what followed from it, and the controller, guests and handlers as they were then: what the page
/// draws.
struct Moment {
  let index: UInt64
  let time: UInt64
  let pe: UInt32
  let domain: UInt16
  let text: String
  let transitions: [Transition]
  /// What the event changed.
  let changes: [StateDifference]
  /// The event of the moment that it is compared with, and what is different.
  let since: UInt64?
  let differences: [StateDifference]
  let state: ValueTree
  /// What runs on the CPUs of a traced kernel.
  let running: [RunningHandlers]

  /// Most LPIs of a state that are shown.
  static let lpiLimit = 1000

  /// The moment of an event, compared with another one. Moves the timeline there.
  init(_ timeline: ReplayTimeline, at index: UInt64, since earlier: UInt64?, printer: inout EventPrinter) {
    let index = timeline.record(of: index)
    let group = timeline.group(at: index)
    self.index = index
    time = group.first?.time ?? 0
    pe = group.first?.pe ?? PE.none
    domain = group.first?.domain ?? 0
    text = printer.line(group[...], index: index)
    let since = earlier.map(timeline.record(of:))
    self.since = since
    let transitions = timeline.transitions(of: index)
    self.transitions = transitions
    running = RunningHandlers.running(timeline, at: index)

    var filter = StateFilter(includesIdle: false)
    filter.lpiLimit = Self.lpiLimit
    filter.namedLPIs = Set(transitions.map(\.intid).filter { INTID.isLPI($0) })
    var shown = Self.states(timeline, index, since, filter)
    // Where not all LPIs are listed, one that is listed in one state is to be compared with itself in the others.
    let listed = shown.map(Self.lpis)
    let all = listed.reduce(Set()) { $0.union($1) }
    if listed.contains(where: { $0 != all }) {
      filter.namedLPIs.formUnion(all)
      shown = Self.states(timeline, index, since, filter)
    }
    state = shown[1]
    changes = StateDifference.between(shown[0], shown[1])
    differences = since == nil ? [] : StateDifference.between(shown[2], shown[1])
  }

  /// As it was before, after, and at the moment that this one is compared with. The timeline stays after it.
  private static func states(
    _ timeline: ReplayTimeline, _ index: UInt64, _ since: UInt64?, _ filter: StateFilter
  ) -> [ValueTree] {
    timeline.move(to: since ?? index)
    let other = state(timeline, filter)
    timeline.move(before: index)
    let before = state(timeline, filter)
    timeline.move(to: index)
    return [before, state(timeline, filter), other]
  }

  /// The controller, where the capture shows one, and what its hypervisor keeps of each guest.
  private static func state(_ timeline: ReplayTimeline, _ filter: StateFilter) -> ValueTree {
    var members: [ValueTree.Member] = []
    if timeline.topology.showsController, case .object(let parts) = timeline.controller.state(filter) {
      members = parts
    }
    let guests = timeline.guests.compactMap { timeline.guestState(domain: $0, filter) }
    if !guests.isEmpty { members.append(.init("guests", .list(guests))) }
    return .object(members)
  }

  /// The LPIs that a state lists, of the controller and of guests.
  private static func lpis(_ state: ValueTree) -> Set<UInt32> {
    let guests = state["guests"]?.elements ?? []
    let lists = [state["lpis"]] + guests.map { $0["interrupts"] }
    let intids = lists.flatMap { $0?.elements ?? [] }.compactMap { $0["intid"]?.number }
    return Set(intids.map { UInt32(truncatingIfNeeded: $0) }.filter { INTID.isLPI($0) })
  }

  /// What the page asks for; `names` are the kernel's names of its interrupts.
  func json(_ names: KernelInterruptNames) -> ValueTree {
    [
      "event": .number(index), "time_ns": .number(time), "pe": pe == PE.none ? .unknown : .number(UInt64(pe)),
      "domain": .number(UInt64(domain)), "text": .text(text),
      "transitions": .list(transitions.map(\.json)),
      "changes": .list(changes.map(\.json)), "since": .optional(since),
      "differences": .list(differences.map(\.json)),
      "state": state.drawn, "running": .list(running.map { $0.json(names) }),
    ]
  }
}

extension StateDifference {
  fileprivate var json: ValueTree {
    ["path": .text(path), "before": before?.drawn ?? .unknown, "after": after?.drawn ?? .unknown]
  }
}

extension Transition {
  /// For the page.
  fileprivate var json: ValueTree {
    let text = TransitionText(self)
    return [
      "kind": .text(text.kind), "provenance": .text("\(provenance)"), "domain": .number(UInt64(domain)),
      "pe": pe == PE.none ? .unknown : .number(UInt64(pe)),
      "intid": intid == INTID.none ? .unknown : .number(UInt64(intid)), "detail": .text(text.detail),
    ]
  }
}

extension ValueTree {
  /// As the page draws it: registers are texts in hexadecimal, what is unknown is a question mark.
  var drawn: ValueTree {
    switch self {
    case .object(let members): .object(members.map { .init($0.name, $0.value.drawn) })
    case .list(let values): .list(values.map(\.drawn))
    case .register(let value): .text("0x" + String(value, radix: 16))
    case .unknown: .text("?")
    default: self
    }
  }
}
