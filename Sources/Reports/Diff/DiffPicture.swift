import Glibc

/// Latency by percentile before (thin) and after (thick) of one class; the higher the percentile, the more room it has.
struct DiffPicture {
  let change: DiffReport.LatencyChange
  private static let nines = 3.0
  private static let (width, height, left, right, bottom) = (1000.0, 190.0, 60.0, 60.0, 24.0)

  private var low: Double { log10(Double(max(min(change.before.min, change.after.min), 1))).rounded(.down) }
  private var high: Double {
    max(log10(Double(max(change.before.max, change.after.max, 1))).rounded(.up), low + 1)
  }

  private func x(_ nines: Double) -> Double {
    Self.left + nines / Self.nines * (Self.width - Self.left - Self.right)
  }

  private func y(_ nanoseconds: UInt64) -> Double {
    let part = (log10(Double(max(nanoseconds, 1))) - low) / (high - low)
    return 8 + (Self.height - Self.bottom - 8) * (1 - part)
  }

  var svg: String {
    let subject = DiffWording.subject(change.key)
    var out = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" "
    out += "aria-label=\"\(subject): latency by percentile, before and after\">"
    for exponent in stride(from: low, through: high, by: 1) {
      let value = UInt64(min(pow(10, exponent), 1e19))
      let place = coordinate(y(value))
      out += "<line class=\"grid\" x1=\"\(coordinate(Self.left))\" x2=\"\(coordinate(Self.width - Self.right))\" "
      out += "y1=\"\(place)\" y2=\"\(place)\"/><text class=\"tick\" text-anchor=\"end\" "
      out += "x=\"\(coordinate(Self.left - 6))\" y=\"\(coordinate(y(value) + 4))\">\(Units.duration(value))</text>"
    }
    for (nines, name) in [(0.0, "0 %"), (0.30103, "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %")] {
      let place = coordinate(x(nines))
      out +=
        "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"8\" y2=\"\(coordinate(Self.height - Self.bottom))\"/>"
      out +=
        "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place)\" y=\"\(coordinate(Self.height - 6))\">\(name)</text>"
    }
    out += line(change.before, "before", "stroke-width:1.2;stroke-dasharray:5 4;")
    out += line(change.after, "after", "")
    return out + "</svg>"
  }

  private func line(_ latency: SampledLatency, _ name: String, _ style: String) -> String {
    let steps = 72
    let path = (0...steps).map { step -> String in
      let nines = Double(step) / Double(steps) * Self.nines
      let place = coordinate(x(nines)) + " " + coordinate(y(latency.quantile(1 - pow(10, -nines))))
      return (step == 0 ? "M" : "L") + place
    }.joined()
    return
      "<g><title>\(name)</title><path class=\"line \(change.key.interruptClass)\" style=\"fill:none;\(style)\" d=\"\(path)\"/></g>"
  }
}
