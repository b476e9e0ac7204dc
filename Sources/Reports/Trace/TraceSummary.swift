import InterruptTrace
import Replay

/// What was read: the `trace` object of every JSON report and the first lines of every text report.
public struct TraceSummary: Sendable {
  /// As the user named it; `-` is standard input.
  public var path: String
  /// What it is.
  public var format: TraceFormat
  /// Events replayed.
  public var events: UInt64
  /// Time of the first event in ns since the capture's epoch.
  public var firstTime: UInt64?
  /// Time of the last event.
  public var lastTime: UInt64?
  /// Gaps in the capture.
  public var gaps: UInt64
  /// What was read, skipped and wrong.
  public var statistics: ImportStatistics
  /// What is known about the controller.
  public var topology: Topology

  /// A summary with every field given.
  public init(
    path: String, format: TraceFormat, events: UInt64, firstTime: UInt64?, lastTime: UInt64?, gaps: UInt64,
    statistics: ImportStatistics, topology: Topology
  ) {
    self.path = path
    self.format = format
    self.events = events
    self.firstTime = firstTime
    self.lastTime = lastTime
    self.gaps = gaps
    self.statistics = statistics
    self.topology = topology
  }

  /// The state of a replay.
  public init(path: String, engine: ReplayEngine, gaps: UInt64) {
    self.init(
      path: path, format: engine.format, events: engine.events, firstTime: engine.firstTime, lastTime: engine.lastTime,
      gaps: gaps, statistics: engine.statistics, topology: engine.topology)
  }

  /// From the first event to the last, in ns.
  public var duration: UInt64 {
    guard let firstTime, let lastTime, lastTime > firstTime else { return 0 }
    return lastTime - firstTime
  }

  /// What was left out, for the end of a report; nothing if nothing was.
  func ignored(_ style: TextStyle) -> String {
    guard let text = statistics.ignoredText else { return "" }
    return "\n" + style.apply(.faint, "ignored     " + text.wrapped(style, indent: 12)) + "\n"
  }

  /// The lines that say what was read.
  public func text(_ style: TextStyle) -> String {
    var lines: [(String, String)] = []
    let compression = format.compression == "none" ? "" : ", \(format.compression)"
    lines.append(("capture", "\(path.printable) (\(format.name)\(compression))"))
    var content = Units.count(events, "event")
    if duration > 0 { content += " in \(Units.duration(duration))" }
    if gaps > 0 { content += ", " + style.apply(.notice, Units.count(gaps, "gap")) }
    lines.append(("events", content))
    lines.append(("controller", topology.title))
    for problem in statistics.problems {
      let count = "\(Units.count(problem.count)) × "
      let text = "\(count)\(problem.kind), first \(problem.place): \(problem.firstExample)"
      lines.append(("problem", style.apply(.notice, text.wrapped(style, indent: 12))))
    }
    if let damage = statistics.damage {
      lines.append(("damaged", style.apply(.bad, damage.reason) + " \(damage.position)"))
    }
    return lines.map { name, value in
      style.apply(.faint, name.padded(to: 10)) + "  "
        + (name == "controller" ? value.folded(width: style.width - 12, indent: 12) : value) + "\n"
    }.joined()
  }
}

extension ImportStatistics.Problem {
  /// Where the first one is, as it goes on a sentence: `at line 17`, `in the header`.
  var place: String {
    let hasPreposition = ["in ", "among ", "before "].contains { firstPosition.hasPrefix($0) }
    return hasPreposition ? firstPosition : "at " + firstPosition
  }
}
