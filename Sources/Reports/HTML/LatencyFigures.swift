import Analyzers

/// Latencies under a name, as pictures show them.
struct NamedLatency {
  /// What a reader calls them.
  var name: String
  /// The class of their colour: `SGI`, `PPI`, `SPI` or `LPI`.
  var style: String
  var distribution: LatencyDistribution

  init(_ name: String, style: String, _ distribution: LatencyDistribution) {
    self.name = name
    self.style = style
    self.distribution = distribution
  }

  /// What a picture says, in words.
  var sentence: String {
    let d = distribution
    return "\(name): \(Units.count(d.count, "sample")), \(Units.duration(d.min)) to \(Units.duration(d.max)), "
      + "half of them up to \(Units.duration(d.percentile(50)))"
      + (PagePercentile.suffices(d.count, for: 99) ? ", 99 % up to \(Units.duration(d.percentile(99)))." : ".")
  }
}

/// Latencies by stage: for each stage a picture by percentile and one by how often, and one table.
struct LatencyFigures {
  struct Stage {
    var title: String
    var rows: [NamedLatency]
  }

  private let stages: [Stage]
  /// Whether each stage is drawn by percentile too; else only in a histogram.
  private let byPercentile: Bool

  /// Stages without rows are left out.
  init(_ stages: [Stage], byPercentile: Bool = true) {
    self.stages = stages.filter { !$0.rows.isEmpty }
    self.byPercentile = byPercentile
  }

  var html: String {
    let all = stages.flatMap(\.rows).map(\.distribution)
    guard let low = all.map(\.min).min(), let high = all.map(\.max).max() else { return "" }
    let pictures = stages.map { stage -> String in
      let title = stage.title.escapedForHTML
      return "<h3>\(title)</h3>\n" + (byPercentile ? PercentilePicture(stage.rows).html(stage.title) : "")
        + DistributionPicture(stage.rows, low: low, high: high).html(stage.title)
    }
    return pictures.joined() + "<h3>In numbers</h3>\n" + table
  }

  private var table: String {
    var table = HTMLTable([
      ("", false), ("count", true), ("min", true), ("mean", true), ("p50", true), ("p90", true), ("p99", true),
      ("p99.9", true), ("p99.99", true), ("max", true),
    ])
    for stage in stages {
      if stages.count > 1 { table.addHeading(stage.title) }
      for row in stage.rows {
        let d = row.distribution
        let percentiles = [50, 90, 99, 99.9, 99.99].map { PagePercentile($0, of: d) }
        table.add(
          [row.name, Units.count(d.count), Units.duration(d.min), Units.duration(d.mean)] + percentiles.map(\.text)
            + [Units.duration(d.max)],
          reasons: [nil, nil, nil, nil] + percentiles.map(\.reason))
      }
    }
    return table.html
  }
}
