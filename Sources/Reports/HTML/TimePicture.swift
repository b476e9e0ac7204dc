/// The frame of a picture over time: grid, labels of both axes, and where things go in it.
struct TimePicture {
  let width = 1000.0
  let height: Double
  let left = 64.0
  let bottom = 22.0
  let top = 8.0
  let start: UInt64
  let length: UInt64

  init(height: Double, start: UInt64, length: UInt64) {
    self.height = height
    self.start = start
    self.length = max(length, 1)
  }

  /// Where a moment lies.
  func x(_ time: UInt64) -> Double {
    left + Double(time > start ? time - start : 0) / Double(length) * (width - left)
  }

  /// A height between 0 and 1.
  func y(_ part: Double) -> Double { top + (height - bottom - top) * (1 - part) }

  func svg(_ title: String, grid: [(part: Double, name: String)], _ content: String) -> String {
    var out = "<div class=\"picture\"><svg class=\"wide\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" "
    out += "aria-label=\"\(title.escapedForHTML)\">"
    for line in grid {
      let place = coordinate(y(line.part))
      out +=
        "<line class=\"grid\" x1=\"\(coordinate(left))\" x2=\"\(coordinate(width))\" y1=\"\(place)\" y2=\"\(place)\"/>"
      out +=
        "<text class=\"tick\" text-anchor=\"end\" x=\"\(coordinate(left - 6))\" y=\"\(coordinate(y(line.part) + 4))\">"
      out += "\(line.name.escapedForHTML)</text>"
    }
    for i in 0...5 {
      let anchor = i == 0 ? "start" : i == 5 ? "end" : "middle"
      let time = Double(start) + Double(length) * Double(i) / 5
      out +=
        "<text class=\"tick\" text-anchor=\"\(anchor)\" x=\"\(coordinate(left + (width - left) * Double(i) / 5))\" "
      out += "y=\"\(coordinate(height - 4))\">\(Units.threeDigits(time / 1e9)) s</text>"
    }
    return out + content + "</svg></div>\n"
  }
}
