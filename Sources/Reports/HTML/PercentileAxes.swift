import Glibc

/// The axes of pictures of latency by percentile: the higher the percentile, the more room it has, so that the tail is
/// what one sees; latencies are logarithmic, in whole decades.
struct PercentileAxes {
  /// Greatest percentile, as the number of nines: 90 % is 1, 99 % is 2.
  let nines: Double
  let height: Double
  let right: Double
  let width = 1000.0
  private let left = 60.0
  private let bottom = 24.0
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

  func x(_ nines: Double) -> Double { left + nines / self.nines * (width - left - right) }

  func y(_ nanoseconds: UInt64) -> Double {
    8 + (height - bottom - 8) * (1 - (log10(Double(max(nanoseconds, 1))) - low) / (high - low))
  }

  /// Lines and names of decades and percentiles.
  var grid: String {
    var out = ""
    for exponent in stride(from: low, through: high, by: 1) {
      let value = UInt64(min(pow(10, exponent), 1e19))
      let place = coordinate(y(value))
      out += "<line class=\"grid\" x1=\"\(coordinate(left))\" x2=\"\(coordinate(width - right))\" "
      out += "y1=\"\(place)\" y2=\"\(place)\"/><text class=\"tick\" text-anchor=\"end\" "
      out += "x=\"\(coordinate(left - 6))\" y=\"\(coordinate(y(value) + 4))\">\(Units.duration(value))</text>"
    }
    let marks = [(0.0, "0 %"), (0.30103, "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"), (4, "99.99 %")]
    for (nines, name) in marks where nines <= self.nines {
      let place = coordinate(x(nines))
      out += "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"8\" y2=\"\(coordinate(height - bottom))\"/>"
      out += "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place)\" y=\"\(coordinate(height - 6))\">\(name)</text>"
    }
    return out
  }

  /// The path of a curve in `steps` pieces; `quantile` gives the latency that a part of all, 0 to 1, does not exceed.
  func path(steps: Int, _ quantile: (Double) -> UInt64) -> String {
    (0...steps).map { step -> String in
      let nines = Double(step) / Double(steps) * self.nines
      let place = coordinate(x(nines)) + " " + coordinate(y(quantile(1 - pow(10, -nines))))
      return (step == 0 ? "M" : "L") + place
    }.joined()
  }
}
