import InterruptTrace

/// The JSON object that every command writes.
public enum Document {
  /// Changes with the meaning of a key, not with an addition.
  public static let schema: UInt64 = 1

  /// `schema`, `command` and `trace`, then one key per section.
  public static func json(command: String, trace: TraceSummary?, _ sections: [ValueTree.Member]) -> ValueTree {
    .object(members(command: command, trace: trace) + sections)
  }

  static func members(command: String, trace: TraceSummary?) -> [ValueTree.Member] {
    var members: [ValueTree.Member] = [.init("schema", .number(schema)), .init("command", .text(command))]
    if let trace { members.append(.init("trace", trace.json)) }
    return members
  }
}
