import Glibc

/// The axes of pictures of latency by percentile: the higher the percentile, the more room it has, so that the tail is
/// what one sees; latencies are logarithmic, in whole decades.
struct PercentileAxes {
  /// Greatest percentile, as the number of nines: 90 % is 1, 99 % is 2.
  let nines: Double
  let height: Double
  let right: Double
  private let left = 82.0
  private let bottom = 40.0
  private let low: Double
  private let high: Double

  /// Axes that hold latencies from `low` to `high`, in ns.
  init(low: UInt64, high: UInt64, nines: Double, height: Double, right: Double) {
    self.nines = nines
    self.height = height
    self.right = right
    self.low = log10(Double(max(low, 1))).rounded(.down)
    self.high = max(log10(Double(max(high, 1))).rounded(.up), self.low + 1)
  }

  func x(_ nines: Double) -> Double { left + nines / self.nines * (SVG.width - left - right) }

  func y(_ nanoseconds: UInt64) -> Double {
    8 + (height - bottom - 8) * (1 - (log10(Double(max(nanoseconds, 1))) - low) / (high - low))
  }

  /// A picture with lines and names of decades and percentiles.
  var picture: SVG {
    var svg = SVG(height: height)
    for exponent in stride(from: low, through: high, by: 1) {
      let value = UInt64(min(pow(10, exponent), 1e19))
      svg.line("grid", x1: left, y1: y(value), x2: SVG.width - right, y2: y(value))
      svg.text("tick", LogAxis.name(value), x: left - 6, y: y(value) + 4, .end)
    }
    let marks = [(0.0, "0 %"), (0.30103, "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %")]
    for (nines, name) in marks where nines <= self.nines {
      svg.line("grid", x1: x(nines), y1: 8, x2: x(nines), y2: height - bottom)
      svg.text("tick", name, x: x(nines), y: height - bottom + 16, .middle)
    }
    svg.text("axis", "percentile", x: (left + SVG.width - right) / 2, y: height - 5, .middle)
    svg.verticalTitle("latency", middle: (height - bottom + 8) / 2)
    return svg
  }

  /// The path of a curve up to a number of nines, in `steps` pieces; `quantile` gives the latency that a part of all, 0 to 1,
  /// does not exceed.
  func path(steps: Int, upTo most: Double? = nil, _ quantile: (Double) -> UInt64) -> String {
    (0...steps).map { step -> String in
      let nines = Double(step) / Double(steps) * (most ?? self.nines)
      let place = coordinate(x(nines)) + " " + coordinate(y(quantile(1 - pow(10, -nines))))
      return (step == 0 ? "M" : "L") + place
    }.joined()
  }
}
