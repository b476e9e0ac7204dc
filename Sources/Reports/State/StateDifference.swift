import InterruptTrace

/// One value that is not the same in two states.
public struct StateDifference: Equatable, Sendable {
  /// Where it is: `redistributors[pe 1].interrupts[intid 27].pending`.
  public var path: String
  /// What it was; nil if it was not there.
  public var before: ValueTree?
  /// What it is; nil if it is gone.
  public var after: ValueTree?

  /// Every difference between two states, in the order of the first; what only the second has comes after it.
  ///
  /// Objects in lists are told apart by what identifies them (`intid`, `pe` …), not by their place.
  public static func between(_ before: ValueTree, _ after: ValueTree) -> [StateDifference] {
    var result: [StateDifference] = []
    compare(before, after, "", &result)
    return result
  }

  private static func compare(
    _ before: ValueTree?, _ after: ValueTree?, _ path: String, _ result: inout [StateDifference]
  ) {
    guard before != after else { return }
    switch (before, after) {
    case (.object(let old), .object(let new)):
      let prefix = path.isEmpty ? "" : path + "."
      compareKeyed(old.map { (prefix + $0.name, $0.value) }, new.map { (prefix + $0.name, $0.value) }, &result)
    case (.list(let old), .list(let new)):
      guard let oldKeys = keys(old), let newKeys = keys(new) else { fallthrough }
      compareKeyed(
        zip(oldKeys, old).map { ("\(path)[\($0)]", $1) }, zip(newKeys, new).map { ("\(path)[\($0)]", $1) }, &result)
    default: result.append(StateDifference(path: path, before: before, after: after))
    }
  }

  private static func compareKeyed(
    _ old: [(String, ValueTree)], _ new: [(String, ValueTree)], _ result: inout [StateDifference]
  ) {
    let newValues = Dictionary(new, uniquingKeysWith: { first, _ in first })
    let oldNames = Set(old.map(\.0))
    for (name, value) in old { compare(value, newValues[name], name, &result) }
    for (name, value) in new where !oldNames.contains(name) { compare(nil, value, name, &result) }
  }

  /// What identifies each object of a list: the leading members of these names. Nil if they are not objects, or not
  /// told apart by them.
  private static func keys(_ values: [ValueTree]) -> [String]? {
    let identifying: Set = [
      "domain", "its", "pe", "intid", "device", "device_id", "event", "event_id", "icid", "vpe", "vpeid", "index", "lr",
      "frame", "group", "guest", "vcpu", "target",
    ]
    let keys = values.map {
      $0.members.prefix { identifying.contains($0.name) }.map { "\($0.name) \($0.value.inline)" }
        .joined(separator: " ")
    }
    return keys.contains("") || Set(keys).count < keys.count ? nil : keys
  }

  /// For scripts.
  public var json: ValueTree {
    ["path": .text(path), "before": before ?? .unknown, "after": after ?? .unknown]
  }

  /// For a terminal.
  public static func text(_ differences: [StateDifference], _ style: TextStyle) -> String {
    guard !differences.isEmpty else { return "No difference.\n" }
    var table = TextTable([("", .left), ("before", .left), ("after", .left)])
    for difference in differences {
      table.add([
        .init(difference.path), .init(difference.before?.inline ?? "–", .bad),
        .init(difference.after?.inline ?? "–", .good),
      ])
    }
    return table.render(style)
  }
}
