/// An SVG picture being drawn, 1000 units wide.
struct SVG {
  /// Where a text's place is in it.
  enum Anchor: String {
    case start, middle, end
  }

  static let width = 1000.0
  let height: Double
  private var body = ""

  init(height: Double) { self.height = height }

  mutating func line(_ style: String, x1: Double, y1: Double, x2: Double, y2: Double) {
    body += "<line class=\"\(style)\" x1=\"\(coordinate(x1))\" x2=\"\(coordinate(x2))\" "
    body += "y1=\"\(coordinate(y1))\" y2=\"\(coordinate(y2))\"/>"
  }

  mutating func text(_ style: String, _ text: String, x: Double, y: Double, _ anchor: Anchor = .start) {
    body += "<text class=\"\(style)\" text-anchor=\"\(anchor)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\">"
    body += text.escapedForHTML + "</text>"
  }

  /// What stands beside the vertical axis, turned.
  mutating func verticalTitle(_ text: String, middle: Double) {
    body += "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(11 \(coordinate(middle))) rotate(-90)\">"
    body += text.escapedForHTML + "</text>"
  }

  mutating func rectangle(
    _ style: String, x: Double, y: Double, width: Double, height: Double, opacity: Double? = nil, tip: String? = nil
  ) {
    body += "<rect class=\"\(style)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" width=\"\(coordinate(width))\" "
    body += "height=\"\(coordinate(height))\""
    if let opacity { body += " opacity=\"\(Units.fixed(opacity, 2))\"" }
    body += Self.end("rect", tip)
  }

  mutating func circle(_ style: String, x: Double, y: Double, radius: Double, tip: String? = nil) {
    body += "<ellipse class=\"\(style)\" cx=\"\(coordinate(x))\" cy=\"\(coordinate(y))\" "
    body += "rx=\"\(coordinate(radius))\" ry=\"\(coordinate(radius))\""
    body += Self.end("ellipse", tip)
  }

  mutating func path(_ style: String, _ path: String, tip: String? = nil) {
    body += "<path class=\"\(style)\" d=\"\(path)\"" + Self.end("path", tip)
  }

  /// What is drawn in `content` shows `tip` when one points at it.
  mutating func group(_ tip: String, _ content: (inout SVG) -> Void) {
    body += "<g><title>\(tip.escapedForHTML)</title>"
    content(&self)
    body += "</g>"
  }

  /// What is drawn in `content` the page's script knows by a name.
  mutating func layer(_ name: String, _ content: (inout SVG) -> Void) {
    body += "<g class=\"\(name)\">"
    content(&self)
    body += "</g>"
  }

  /// Pictures over time: what is drawn in `content` is cut off at a rectangle. It spans `length` ns
  /// from `start` on; the page's script changes its view when the reader zooms.
  mutating func plot(
    x: Double, y: Double, width: Double, height: Double, start: UInt64, length: UInt64,
    _ content: (inout SVG) -> Void
  ) {
    let box = [x, y, width, height].map(coordinate)
    body += "<svg class=\"plot\" x=\"\(box[0])\" y=\"\(box[1])\" width=\"\(box[2])\" height=\"\(box[3])\" "
    body += "data-start=\"\(start)\" "
    body += "data-length=\"\(length)\" viewBox=\"\(box.joined(separator: " "))\" preserveAspectRatio=\"none\">"
    content(&self)
    body += "</svg>"
  }

  private static func end(_ element: String, _ tip: String?) -> String {
    tip.map { "><title>\($0.escapedForHTML)</title></\(element)>" } ?? "/>"
  }

  /// The picture, in a frame that scrolls where it is too wide; `label` is what a screen reader says.
  func html(_ label: String) -> String {
    "<div class=\"picture\"><svg class=\"wide\" viewBox=\"0 0 \(Int(Self.width)) \(coordinate(height))\" role=\"img\" "
      + "aria-label=\"\(label.escapedForHTML)\">\(body)</svg></div>\n"
  }
}

/// Explains the colours of a picture.
struct Legend {
  /// What something is called, and the variable of its colour; a mark stands for a colour where there is none.
  var entries: [(name: String, color: String)]

  var html: String {
    guard !entries.isEmpty else { return "" }
    return "<div class=\"legend\">"
      + entries.map { "<span><i style=\"background:var(--\($0.color))\"></i>\($0.name.escapedForHTML)</span>" }.joined()
      + "</div>\n"
  }
}

/// The numbers of a picture, for whoever cannot see it or wants to copy them.
struct PictureNumbers {
  var table: HTMLTable
  var title = "The picture's numbers"

  var html: String {
    table.rows == 0 ? "" : "<details><summary>\(title.escapedForHTML)</summary>\n\(table.html)</details>\n"
  }
}
