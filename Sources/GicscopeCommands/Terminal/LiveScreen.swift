import Glibc
import Replay

/// A report that is drawn over and over while a capture is read, on a terminal.
final class LiveScreen {
  private let begun = monotonicNanoseconds()
  private var lastNews = monotonicNanoseconds()
  private var nextTime: UInt64 = 0
  private var isDrawn = false

  /// A screen, if it is wanted and standard output is a terminal; drawn for the first time after so many ns.
  init?(isWanted: Bool, after pause: UInt64) {
    guard isWanted, StandardOutput.isTerminal else { return nil }
    nextTime = begun + pause
  }

  /// Draws the report, at most once a second, and seldom enough that drawing takes a tenth of the time. `text` is given how
  /// long it has been reading, and for how long nothing came.
  func refresh(hasNews: Bool, _ text: (String) -> String) {
    let start = monotonicNanoseconds()
    if hasNews { lastNews = start }
    guard start >= nextTime else { return }
    let idle = (start - lastNews) / 1_000_000_000
    draw(text(Self.clock((start - begun) / 1_000_000_000) + (idle > 1 ? ", nothing new for \(Self.clock(idle))" : "")))
    let end = monotonicNanoseconds()
    nextTime = end + max(1_000_000_000, (end - start) * 9)
  }

  /// `1:05`.
  private static func clock(_ seconds: UInt64) -> String {
    "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
  }

  /// Empties the screen, for the whole report.
  func clear() {
    if isDrawn { write("\u{1B}[H\u{1B}[J") }
    isDrawn = false
  }

  private func draw(_ text: String) {
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 1 && size.ws_col > 1
    let (rows, columns) = isKnown ? (Int(size.ws_row), Int(size.ws_col)) : (24, 80)
    write(Self.screen(text, rows: rows - 1, columns: columns))
    isDrawn = true
  }

  /// What is written to draw the first lines of a text, as many as fit: each over what was there, and nothing below.
  static func screen(_ text: String, rows: Int, columns: Int) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(rows)
    return "\u{1B}[H" + lines.map { $0.prefix(columns) + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
  }

  private func write(_ text: String) { writeTerminal(text, to: STDOUT_FILENO) }
}
