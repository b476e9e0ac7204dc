import Analyzers

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
  public var json: JSONValue {
    let members: [JSONValue.Member] = [
      .init("domain", .number(UInt64(domain))), .init("intid", .number(UInt64(intid))),
      .init("class", .string(InterruptClass(intid: intid).name)), .init("pe", .optional(pe.map(UInt64.init))),
      .init("conclusion", .string(conclusion)),
      .init("first_broken", firstBroken.map { JSONValue.string($0.name) } ?? .null),
      .init("rungs", .array(rungs.map(\.json))),
    ]
    return .object(members)
  }
}

extension DeliveryLadder.Rung {
  fileprivate var json: JSONValue {
    let members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("state", .string(state.rawValue)), .init("text", .string(text)),
      .init("event", .optional(event)), .init("since_ns", .optional(time)),
    ]
    return .object(members)
  }
}
