import InterruptTrace

extension ValueTree {
  /// For a terminal: parts indented, lists of like objects as tables.
  public func text(_ style: TextStyle) -> String {
    guard case .object(let members) = self else { return inline + "\n" }
    return Self.lines(of: members, style, indent: 0)
  }

  private static func lines(of members: [Member], _ style: TextStyle, indent: Int) -> String {
    var out = ""
    let blanks = String(repeating: " ", count: indent)
    let width = members.map { $0.value.isInline ? $0.name.count : 0 }.max() ?? 0
    for member in members {
      switch member.value {
      case .object(let parts) where !member.value.isInline:
        out += blanks + style.apply(.heading, member.name) + "\n" + lines(of: parts, style, indent: indent + 2)
      case .list(let values) where !member.value.isInline:
        out += blanks + style.apply(.heading, member.name) + "\n" + table(of: values, style, indent: indent + 2)
      default:
        let isUnknown = member.value == .unknown
        out +=
          blanks + member.name.padded(to: width) + "  " + style.apply(isUnknown ? .faint : .plain, member.value.inline)
          + "\n"
      }
    }
    return out
  }

  /// Objects of scalars stand in a table with a column for each name that occurs; others follow one another.
  private static func table(of values: [ValueTree], _ style: TextStyle, indent: Int) -> String {
    guard values.allSatisfy({ $0.isRow }) else {
      return values.map { value -> String in
        guard case .object(let members) = value else {
          return String(repeating: " ", count: indent) + value.inline + "\n"
        }
        return lines(of: members, style, indent: indent)
      }.joined(separator: "\n")
    }
    let rows = values.map(\.members)
    var names: [String] = []
    var positions: [String: Int] = [:]
    for member in rows.joined() where positions[member.name] == nil {
      positions[member.name] = names.count
      names.append(member.name)
    }
    let isNumeric = names.map { name in
      rows.allSatisfy { row in
        switch row.first(where: { $0.name == name })?.value {
        case .number, .unknown, nil: true
        default: false
        }
      }
    }
    var table = TextTable(zip(names, isNumeric).map { ($0, $1 ? .right : .left) })
    for row in rows {
      var cells = [TextTable.Cell](repeating: "", count: names.count)
      for member in row {
        cells[positions[member.name]!] = .init(member.value.inline, member.value.isFaint ? .faint : .plain)
      }
      table.add(cells)
    }
    return table.render(style, indent: indent)
  }

  /// Whether it stands on its name's line.
  private var isInline: Bool { members.isEmpty && elements.allSatisfy(\.isScalar) }

  private var isScalar: Bool {
    switch self {
    case .object, .list: false
    default: true
    }
  }

  /// Whether it can be a row of a table.
  private var isRow: Bool {
    if case .object(let members) = self { members.allSatisfy(\.value.isInline) } else { false }
  }

  private var isFaint: Bool { self == .unknown || self == .bool(false) }

  /// On one line.
  var inline: String {
    switch self {
    case .object(let members): "{" + members.map { "\($0.name) \($0.value.inline)" }.joined(separator: ", ") + "}"
    case .list(let values): values.isEmpty ? "none" : values.map(\.inline).joined(separator: " ")
    case .number(let value): "\(value)"
    case .register(let value): "0x" + String(value, radix: 16)
    case .fraction(let value): "\(value)"
    case .bool(let value): value ? "yes" : "no"
    case .text(let value): value
    case .unknown: "?"
    }
  }
}
