/// The JSON object that every command writes.
public enum Document {
  /// Changes with the meaning of a key, not with an addition.
  public static let schema: UInt64 = 1

  /// `schema`, `command` and `trace`, then one key per section.
  public static func json(command: String, trace: TraceSummary?, _ sections: [JSONValue.Member]) -> JSONValue {
    .object(members(command: command, trace: trace) + sections)
  }

  static func members(command: String, trace: TraceSummary?) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [.init("schema", .number(schema)), .init("command", .string(command))]
    if let trace { members.append(.init("trace", trace.json)) }
    return members
  }
}
