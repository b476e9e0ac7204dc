import InterruptTrace

/// What `info` says about a capture.
public struct InfoReport: Sendable {
  /// What was read.
  public var trace: TraceSummary
  /// Events by kind.
  public var eventKinds: [(kind: EventKind, count: UInt64)]

  /// A report with every field given.
  public init(trace: TraceSummary, eventKinds: [(kind: EventKind, count: UInt64)]) {
    self.trace = trace
    self.eventKinds = eventKinds
  }

  /// The object that scripts depend on.
  public var json: ValueTree {
    Document.json(
      command: "info",
      trace: trace,
      [
        .init("duration_ns", .number(trace.duration)), .init("topology", trace.topology.json),
        .init("events_by_kind", .object(eventKinds.map { .init(EventPrinter.kindName($0.kind), .number($0.count)) })),
      ]
    )
  }

  /// For a terminal.
  public func text(_ style: TextStyle) -> String {
    var out = trace.text(style)
    if let first = trace.firstTime, let last = trace.lastTime {
      out += style.apply(.faint, "time      ") + "  \(Units.moment(first)) to \(Units.moment(last))\n"
    }
    out += style.apply(.faint, "read      ") + "  \(Units.bytes(trace.statistics.bytesRead)), "
    out += Units.count(trace.statistics.records, "record")
    out += ", \(Units.count(trace.statistics.skipped)) of them not about interrupts\n"
    var table = TextTable([("kind", .left), ("events", .right), ("share", .right), ("per second", .right)])
    for row in eventKinds {
      let rate = trace.duration == 0 ? "" : Units.rate(Double(row.count) / (Double(trace.duration) / 1e9))
      table.add([
        .init(EventPrinter.kindName(row.kind)), .init(Units.count(row.count)),
        .init(Units.percent(row.count, of: trace.events)), .init(rate),
      ])
    }
    if !table.isEmpty { out += "\n" + style.apply(.heading, "Events") + "\n" + table.render(style) }
    if !trace.topology.entries.isEmpty {
      out += "\n" + style.apply(.heading, "Controller") + "\n" + trace.topology.table(style)
    }
    return out + trace.ignored(style)
  }
}
