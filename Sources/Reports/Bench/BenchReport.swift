import InterruptTrace

/// Measurements of gicscope itself.
public struct BenchReport: Sendable {
  /// One thing that was measured.
  public struct Stage: Sendable {
    /// What ran.
    public var name: String
    /// Events or lines in one run.
    public var count: UInt64
    /// Seconds of each run.
    public var seconds: [Double]

    /// A stage with every field given.
    public init(name: String, count: UInt64, seconds: [Double]) {
      self.name = name
      self.count = count
      self.seconds = seconds
    }

    /// The middle one of the runs.
    public var median: Double {
      let sorted = seconds.sorted()
      return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Events or lines per second.
    public var rate: Double { median > 0 ? Double(count) / median : 0 }
  }

  private let command: String
  private let path: String
  private let unit: String
  private let stages: [Stage]
  private let overheads: [(name: String, ratio: Double)]

  /// A report; rates are compared with that of the first stage. `overheads` are further ratios of times, with what they
  /// say.
  public init(
    command: String, path: String, unit: String, stages: [Stage], overheads: [(name: String, ratio: Double)] = []
  ) {
    self.command = command
    self.path = path
    self.unit = unit
    self.stages = stages
    self.overheads = overheads
  }

  /// The object that scripts depend on.
  public var json: ValueTree {
    [
      "schema": .number(Document.schema), "command": .text(command), "path": .text(path), "unit": .text(unit),
      "stages": .list(
        stages.map { stage in
          [
            "name": .text(stage.name), "count": .number(stage.count), "median_s": .fraction(stage.median),
            "min_s": .fraction(stage.seconds.min() ?? 0), "max_s": .fraction(stage.seconds.max() ?? 0),
            "per_second": .fraction(stage.rate.rounded()), "ratio": .fraction(ratio(stage)),
          ]
        }
      ),
      "overheads": .list(overheads.map { ["name": .text($0.name), "ratio": .fraction($0.ratio)] }),
    ]
  }

  private func ratio(_ stage: Stage) -> Double {
    guard let first = stages.first, first.rate > 0 else { return 0 }
    return stage.rate / first.rate
  }

  /// For a terminal.
  public func text(_ style: TextStyle) -> String {
    var table = TextTable([
      ("stage", .left), (unit, .right), ("median", .right), ("range", .left), ("rate", .right), ("ratio", .right),
    ])
    for stage in stages {
      table.add([
        .init(stage.name), .init(Units.count(stage.count)), .init(time(stage.median)),
        .init("\(time(stage.seconds.min() ?? 0)) – \(time(stage.seconds.max() ?? 0))", .faint),
        .init(Units.rate(stage.rate)), .init(Units.fixed(ratio(stage) * 100, 0) + " %"),
      ])
    }
    return table.render(style, indent: 0)
      + overheads.map { "\($0.name): \(Units.fixed($0.ratio, 2))\n" }.joined()
  }

  private func time(_ seconds: Double) -> String { Units.duration(UInt64(max(0, seconds) * 1e9)) }
}
