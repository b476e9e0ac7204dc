import Analyzers
import InterruptTrace

extension DeliveryLadder {
  /// For a terminal: what it comes down to, then the rungs.
  public func text(_ style: TextStyle) -> String {
    let head = style.apply(.heading, conclusion.wrapped(style, indent: 0)) + "\n\n"
    var table = TextTable([("", .left), ("rung", .left), ("state", .left), ("since", .right), ("event", .right)])
    for rung in rungs {
      table.add([
        .init(Self.mark(rung.state), Self.role(rung.state)), .init(rung.name), .init(rung.text),
        .init(rung.time.map(Units.moment) ?? "", .faint), .init(rung.event.map { "#\($0)" } ?? "", .faint),
      ])
    }
    return head + table.render(style)
  }

  private static func mark(_ state: State) -> String {
    switch state {
    case .holds: "yes"
    case .broken: "NO"
    case .unknown: "?"
    case .open: "–"
    }
  }

  private static func role(_ state: State) -> TextStyle.Role {
    switch state {
    case .holds: .plain
    case .broken: .bad
    case .unknown: .notice
    case .open: .faint
    }
  }

  /// For scripts.
  public var json: ValueTree {
    [
      "domain": .number(UInt64(domain)), "intid": .number(UInt64(intid)),
      "class": .text(InterruptClass(intid: intid).name), "pe": .optional(pe.map(UInt64.init)),
      "conclusion": .text(conclusion), "first_broken": firstBroken.map { .text($0.name) } ?? .unknown,
      "rungs": .list(rungs.map(\.json)),
    ]
  }
}

extension DeliveryLadder.Rung {
  fileprivate var json: ValueTree {
    [
      "name": .text(name), "state": .text(state.rawValue), "text": .text(text), "event": .optional(event),
      "since_ns": .optional(time),
    ]
  }
}
