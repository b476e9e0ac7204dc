import Analyzers

extension Finding {
  /// The object that scripts depend on. Times are in ns since the capture's epoch, events are numbers of the capture.
  var json: JSONValue {
    func number(_ value: UInt32?) -> JSONValue { .optional(value.map(UInt64.init)) }
    var members: [JSONValue.Member] = [
      .init("kind", .string(kind.name)), .init("severity", .string(severity.name)),
      .init("certainty", .string(certainty.name)), .init("domain", .number(UInt64(domain))),
      .init("virtual", .bool(isVirtual)),
      .init("class", interruptClass.map { JSONValue.string($0.name) } ?? .null), .init("intid", number(intid)),
    ]
    members += [
      .init("device_id", number(deviceID)), .init("event_id", number(eventID)), .init("pe", number(pe)),
      .init("count", .number(count)), .init("first_event", .number(firstEvent)),
    ]
    members += [
      .init("last_event", .number(lastEvent)), .init("first_ns", .number(firstTime)),
      .init("last_ns", .number(lastTime)), .init("summary", .string(summary)),
    ]
    members.append(.init("chain", .array(chain.map(\.json))))
    members.append(.init("next", .string(next)))
    return .object(members)
  }
}

extension Finding.Link {
  fileprivate var json: JSONValue {
    let members: [JSONValue.Member] = [.init("text", .string(text)), .init("event", .optional(event))]
    return .object(members)
  }
}
