import Glibc
import Reports

/// Memory against time: a dot for each store that has a result in one workload, both axes logarithmic.
struct LPIBenchScatter {
  private struct Dot {
    let name: String
    let bytes: Double
    let nanoseconds: Double
  }

  private let dots: [Dot]
  private let title: String
  private let width = 980.0
  private let height = 340.0
  private let left = 64.0
  private let right = 120.0
  private let top = 30.0
  private let bottom = 44.0

  /// Nil if there is nothing to see.
  init?(_ report: LPIBenchmarkReport, workload: String) {
    dots = report.contenders.compactMap { contender in
      guard let one = report[contender.name, workload], let median = one.median, one.idleBytesPerLPI > 0 else {
        return nil
      }
      return Dot(name: contender.name, bytes: one.idleBytesPerLPI, nanoseconds: median)
    }
    guard dots.count > 1 else { return nil }
    title = workload
  }

  var svg: String {
    let (x, y) = (scale(dots.map(\.bytes)), scale(dots.map(\.nanoseconds)))
    func place(_ dot: Dot) -> (Double, Double) {
      (
        left + (log10(dot.bytes) - x.low) / (x.high - x.low) * (width - left - right),
        height - bottom - (log10(dot.nanoseconds) - y.low) / (y.high - y.low) * (height - top - bottom)
      )
    }
    var out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(coordinate(width)) \(coordinate(height))\" role=\"img\" "
      + "aria-label=\"Bytes per LPI against nanoseconds per operation\" "
      + "font-family=\"system-ui,Segoe UI,Roboto,Noto Sans,sans-serif\" font-size=\"12\">"
      + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
      + "<text x=\"\(coordinate(left))\" y=\"18\" font-weight=\"600\" fill=\"#1c2024\">\(title.escapedForHTML): "
      + "bytes per LPI (across) and ns per operation (up)</text>"
    for tick in x.ticks {
      let at = coordinate(left + (log10(tick) - x.low) / (x.high - x.low) * (width - left - right))
      out +=
        "<line stroke=\"#e3e6ea\" x1=\"\(at)\" x2=\"\(at)\" y1=\"\(coordinate(top))\" y2=\"\(coordinate(height - bottom))\"/>"
      out +=
        "<text fill=\"#6b7280\" text-anchor=\"middle\" x=\"\(at)\" y=\"\(coordinate(height - bottom + 18))\">\(Self.name(tick)) B</text>"
    }
    for tick in y.ticks {
      let at = height - bottom - (log10(tick) - y.low) / (y.high - y.low) * (height - top - bottom)
      out +=
        "<line stroke=\"#e3e6ea\" y1=\"\(coordinate(at))\" y2=\"\(coordinate(at))\" x1=\"\(coordinate(left))\" x2=\"\(coordinate(width - right))\"/>"
      out +=
        "<text fill=\"#6b7280\" text-anchor=\"end\" x=\"\(coordinate(left - 6))\" y=\"\(coordinate(at + 4))\">\(Self.name(tick)) ns</text>"
    }
    var taken: [(Double, Double)] = []
    for (index, dot) in dots.enumerated() {
      let (cx, cy) = place(dot)
      var labelY = cy + 4
      while taken.contains(where: { abs($0.0 - cx) < 100 && abs($0.1 - labelY) < 13 }) { labelY += 13 }
      taken.append((cx, labelY))
      out +=
        "<circle cx=\"\(coordinate(cx))\" cy=\"\(coordinate(cy))\" r=\"5\" fill=\"\(index == 0 ? "#2ea06e" : "#3a78c2")\"/>"
      out +=
        "<text fill=\"#1c2024\" font-weight=\"\(index == 0 ? 700 : 400)\" x=\"\(coordinate(cx + 9))\" y=\"\(coordinate(labelY))\">\(dot.name.escapedForHTML)</text>"
    }
    return out + "</svg>\n"
  }

  /// From a power of two below the values to one above, with marks at powers of two or ten.
  private func scale(_ values: [Double]) -> (low: Double, high: Double, ticks: [Double]) {
    let (least, most) = (values.min() ?? 1, values.max() ?? 10)
    let base = most / least > 100 ? 10.0 : 2.0
    let first = (log10(least) / log10(base)).rounded(.down)
    let last = max((log10(most) / log10(base)).rounded(.up), first + 1)
    let ticks = stride(from: first, through: last, by: 1).map { pow(base, $0) }
    return (log10(ticks[0]), log10(ticks[ticks.count - 1]), ticks)
  }

  private static func name(_ value: Double) -> String {
    value >= 1 ? LPIBenchText.ratio(value).replacingTrailingZero : Units.threeDigits(value)
  }
}

extension String {
  /// `2.0` is `2`.
  fileprivate var replacingTrailingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
