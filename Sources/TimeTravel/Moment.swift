import GICModel
import InterruptTrace
import Replay
import Reports

/// One event of a capture, what followed from it, and the controller as it was then: what the page draws.
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
  let state: StateValue

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
    since = earlier.map(timeline.record(of:))
    timeline.move(to: since ?? index)
    let other = timeline.controller.copy()
    timeline.move(before: index)
    let before = timeline.controller.copy()
    let transitions = timeline.transitions(of: index)
    self.transitions = transitions

    guard timeline.topology.showsController else {
      (state, changes, differences) = (.object([]), [], [])
      return
    }
    func states(_ filter: StateFilter) -> [StateValue] {
      [before.state(filter), timeline.controller.state(filter), other.state(filter)]
    }
    var filter = StateFilter(includesIdle: false)
    filter.lpiLimit = Self.lpiLimit
    filter.namedLPIs = Set(transitions.map(\.intid).filter { INTID.isLPI($0) })
    var shown = states(filter)
    // Where not all LPIs are listed, one that is listed in one state is to be compared with itself in the others.
    let listed = shown.map(Self.lpis)
    let all = listed.reduce(Set()) { $0.union($1) }
    if listed.contains(where: { $0 != all }) {
      filter.namedLPIs.formUnion(all)
      shown = states(filter)
    }
    state = shown[1]
    changes = StateDifference.between(shown[0], shown[1])
    differences = since == nil ? [] : StateDifference.between(shown[2], shown[1])
  }

  /// The LPIs that a state lists.
  private static func lpis(_ state: StateValue) -> Set<UInt32> {
    guard case .object(let parts) = state, case .list(let list)? = parts.first(where: { $0.name == "lpis" })?.value
    else { return [] }
    return Set(
      list.compactMap {
        guard case .object(let members) = $0, case .number(let intid)? = members.first?.value else { return nil }
        return UInt32(truncatingIfNeeded: intid)
      }
    )
  }

  /// What the page asks for.
  var json: JSONValue {
    [
      "event": .number(index), "time_ns": .number(time), "pe": pe == PE.none ? .null : .number(UInt64(pe)),
      "domain": .number(UInt64(domain)), "text": .string(text),
      "transitions": .array(transitions.map(\.json)),
      "changes": .array(changes.map(\.json)), "since": .optional(since),
      "differences": .array(differences.map(\.json)),
      "state": state.drawn,
    ]
  }
}

extension StateDifference {
  fileprivate var json: JSONValue {
    ["path": .string(path), "before": before?.drawn ?? .null, "after": after?.drawn ?? .null]
  }
}

extension Transition {
  /// For the page.
  fileprivate var json: JSONValue {
    let text = TransitionText(self)
    return [
      "kind": .string(text.kind), "provenance": .string("\(provenance)"), "domain": .number(UInt64(domain)),
      "pe": pe == PE.none ? .null : .number(UInt64(pe)),
      "intid": intid == INTID.none ? .null : .number(UInt64(intid)), "detail": .string(text.detail),
    ]
  }
}

extension StateValue {
  /// As the page draws it: registers are texts in hexadecimal, what is unknown is a question mark.
  var drawn: JSONValue {
    switch self {
    case .object(let members): .object(members.map { .init($0.name, $0.value.drawn) })
    case .list(let values): .array(values.map(\.drawn))
    case .number(let value): .number(value)
    case .register(let value): .string("0x" + String(value, radix: 16))
    case .bool(let value): .bool(value)
    case .text(let text): .string(text)
    case .unknown: .string("?")
    }
  }
}
