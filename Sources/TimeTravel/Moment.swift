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
  let state: StateValue

  static let filter = StateFilter(includesIdle: false)

  /// The moment of an event. Moves the timeline there.
  init(_ timeline: ReplayTimeline, at index: UInt64, printer: inout EventPrinter) {
    let index = timeline.record(of: index)
    let group = timeline.group(at: index)
    self.index = index
    time = group.first?.time ?? 0
    pe = group.first?.pe ?? PE.none
    domain = group.first?.domain ?? 0
    text = printer.line(group[...], index: index)
    timeline.move(before: index)
    let before = timeline.controller.state(Self.filter)
    transitions = timeline.transitions(of: index)
    state = timeline.controller.state(Self.filter)
    changes = StateDifference.between(before, state)
  }

  /// What the page asks for; with another moment also what differs from it.
  func json(since earlier: (index: UInt64, state: StateValue)?) -> JSONValue {
    [
      "event": .number(index), "time_ns": .number(time), "pe": pe == PE.none ? .null : .number(UInt64(pe)),
      "domain": .number(UInt64(domain)), "text": .string(text),
      "transitions": .array(transitions.map(\.json)),
      "changes": .array(changes.map(\.json)), "since": .optional(earlier?.index),
      "differences": .array(earlier.map { StateDifference.between($0.state, state).map(\.json) } ?? []),
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
      "intid": intid == 0xFFFF_FFFF ? .null : .number(UInt64(intid)), "detail": .string(text.detail),
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
