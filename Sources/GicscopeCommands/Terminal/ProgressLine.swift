import Glibc
import Replay
import Reports

/// The line on a terminal's standard error that says how far a replay has come.
public final class ProgressLine {
  private let isShown: Bool
  private var isDrawn = false

  /// A line that is drawn only if it is to be, and standard error is a terminal that can go back in a line.
  public init(isShown: Bool) { self.isShown = isShown && StandardError.isTerminal && !TerminalSettings.isDumb }

  /// Shows the progress of a replay.
  func follow(_ engine: ReplayEngine) {
    if isShown { engine.onProgress = { self.draw(Self.text($0)) } }
  }

  /// Shows progress that a replay reports.
  func show(_ progress: ReplayProgress) {
    draw(Self.text(progress))
  }

  /// Shows a line of another kind of progress.
  public func draw(_ text: String) {
    guard isShown else { return }
    // A line that is broken at the terminal's edge could not be overwritten.
    let room = TerminalSettings.width(of: STDERR_FILENO).map { $0 - 3 } ?? .max
    StandardError.write("\r  " + text.prefix(max(room, 0)) + "\u{1B}[K")
    isDrawn = true
  }

  /// Takes the line away.
  public func clear() {
    if isDrawn { StandardError.write("\r\u{1B}[K") }
    isDrawn = false
  }

  /// `45 %  326 MB of 731 MB  3.21 M events  4.70 M/s  12 s left`.
  static func text(_ progress: ReplayProgress) -> String {
    var parts: [String] = []
    let seconds = max(progress.seconds, 1e-9)
    if let total = progress.bytesTotal, total > 0 {
      let done = min(Double(progress.bytesRead) / Double(total), 1)
      parts.append("\(Int(done * 100)) %")
      parts.append("\(Units.bytes(progress.bytesRead)) of \(Units.bytes(total))")
    } else {
      parts.append(Units.bytes(progress.bytesRead))
    }
    parts.append(Units.count(progress.events, "event"))
    parts.append(Units.rate(Double(progress.events) / seconds))
    if let total = progress.bytesTotal, progress.bytesRead > 0, progress.bytesRead < total {
      let left = seconds * Double(total - progress.bytesRead) / Double(progress.bytesRead)
      parts.append("\(Units.duration(UInt64(min(left * 1e9, 1e18)))) left")
    }
    return parts.joined(separator: "  ")
  }
}
