import InterruptTrace

extension DiffReport {
  /// For a terminal. At most `rows` interrupts and findings of each sort are listed.
  public func text(_ style: TextStyle, rows limit: Int = 12) -> String {
    var out = ""
    for (name, side) in [("before", before), ("after", after)] {
      out += style.apply(.faint, name.padded(to: 8)) + "\(side.path): \(side.size)\n"
    }
    out += "\n"
    for line in DiffWording.headline(self) { out += lines(line.text, line.isBad ? .bad : .good, style) }
    out += findingsText(style, limit)
    let legend = "  ▲ slower, ▼ faster, beyond noise; ? too few samples to tell\n"
    out += section("Latency", classes.isEmpty ? "" : legend + latencyText(classes, style), style)
    let shown = Array(intids.prefix(limit))
    let rest = intids.count > limit ? "  and \(intids.count - limit) more\n" : ""
    out += section("Interrupts whose latency changed", latencyText(shown, style) + rest, style)
    out += section("Rates", ResultTables.rateChanges.text(rates, PENaming(Topology()), style), style)
    return out + "\n" + lines(DiffNoise.explanation, .faint, style)
  }

  private func section(_ title: String, _ body: String, _ style: TextStyle) -> String {
    body.isEmpty ? "" : "\n" + style.apply(.heading, title) + "\n" + body
  }

  /// Words that fill lines.
  private func lines(_ text: String, _ role: TextStyle.Role, _ style: TextStyle) -> String {
    style.characters(text).lines(of: style.width).map { style.apply(role, $0) + "\n" }.joined()
  }

  private func findingsText(_ style: TextStyle, _ limit: Int) -> String {
    func list(_ title: String, _ findings: [ComparedFinding], _ role: TextStyle.Role) -> String {
      let rest = findings.count > limit ? "  and \(findings.count - limit) more\n" : ""
      return section(
        title,
        findings.prefix(limit).map { finding in
          "  " + style.apply(role, finding.severity) + "  \(finding.kind)  \(Units.count(finding.count)) ×  "
            + finding.summary + "\n"
        }.joined() + rest,
        style
      )
    }
    var changed = changedFindings.prefix(limit).map { row in
      "  \(row.after.kind)  \(Units.count(row.before.count)) → \(Units.count(row.after.count)) ×  \(row.after.summary)\n"
    }.joined()
    if changedFindings.count > limit { changed += "  and \(changedFindings.count - limit) more\n" }
    return list("New findings", newFindings, .bad) + list("Resolved findings", goneFindings, .good)
      + section("Findings with another count", changed, style)
  }

  private func latencyText(_ changes: [LatencyChange], _ style: TextStyle) -> String {
    var table = TextTable([
      ("", .left), ("", .left), ("count", .right), ("p50", .right), ("", .left), ("p90", .right), ("", .left),
      ("p99", .right), ("", .left), ("p99.9", .right), ("", .left), ("max", .right),
    ])
    var stage = ""
    for change in changes {
      if change.key.intid == nil, change.key.stage != stage {
        stage = change.key.stage
        table.add([.init(DiffWording.stage(stage))])
      }
      let name = DiffWording.subject(change.key)
      let labels =
        change.key.intid == nil ? ("  " + name, "") : (name, "  " + DiffWording.stage(change.key.stage))
      table.add(
        [.init(labels.0), .init("before", .faint), .init(Units.count(change.before.count))]
          + change.quantiles.flatMap { [.init(Units.duration($0.before)), .init("")] }
          + [.init(Units.duration(change.before.max))]
      )
      table.add(
        [.init(labels.1), .init("after", .faint), .init(Units.count(change.after.count))]
          + change.quantiles.flatMap { quantile -> [TextTable.Cell] in
            let role = Self.role(quantile.change, higherIsBad: true)
            return [.init(Units.duration(quantile.after), role), .init(Self.mark(quantile.change), role)]
          } + [.init(Units.duration(change.after.max))]
      )
    }
    return table.render(style)
  }

  private static func role(_ change: Change, higherIsBad: Bool) -> TextStyle.Role {
    switch change {
    case .higher: higherIsBad ? .bad : .notice
    case .lower: higherIsBad ? .good : .notice
    case .withinNoise, .unknown: .plain
    }
  }

  private static func mark(_ change: Change) -> String {
    switch change {
    case .higher: "▲"
    case .lower: "▼"
    case .withinNoise: ""
    case .unknown: "?"
    }
  }
}
