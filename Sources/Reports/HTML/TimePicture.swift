/// The frame of a picture over time: grid, labels of both axes, and where things go in it.
struct TimePicture {
  let height: Double
  let left = 82.0
  let bottom = 40.0
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
    left + Double(time > start ? time - start : 0) / Double(length) * (SVG.width - left)
  }

  /// A height between 0 and 1.
  func y(_ part: Double) -> Double { top + (height - bottom - top) * (1 - part) }

  /// Draws in the frame what moves when the reader zooms.
  func plot(in svg: inout SVG, _ content: (inout SVG) -> Void) {
    svg.plot(x: left, y: 0, width: SVG.width - left, height: height - bottom, start: start, length: length, content)
  }

  /// The frame; `vertical` is what stands beside its vertical axis.
  func frame(_ vertical: String, grid: [(part: Double, name: String)]) -> SVG {
    var svg = SVG(height: height)
    for line in grid {
      svg.line("grid", x1: left, y1: y(line.part), x2: SVG.width, y2: y(line.part))
      svg.text("tick", line.name, x: left - 6, y: y(line.part) + 4, .end)
    }
    svg.layer("times") { svg in
      for tick in RoundTicks.times(from: start, length: length, atMost: 8) {
        let place = x(tick.time)
        let anchor: SVG.Anchor = place < left + 24 ? .start : place > SVG.width - 24 ? .end : .middle
        svg.line("grid", x1: place, y1: height - bottom, x2: place, y2: height - bottom + 4)
        svg.text("tick", tick.name, x: place, y: height - bottom + 16, anchor)
      }
    }
    svg.text("axis", "time in the capture", x: (left + SVG.width) / 2, y: height - 5, .middle)
    if !vertical.isEmpty { svg.verticalTitle(vertical, middle: (height - bottom + top) / 2) }
    return svg
  }
}
