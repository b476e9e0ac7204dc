import Glibc
import InterruptTrace

/// A folder that `gicscope record` wrote: a trace, and what is needed to read it.
///
/// It is recognised by its file `recording.json`.
public struct RecordingFolder: Sendable {
  /// What makes a folder a recording.
  public static let descriptionName = "recording.json"
  /// The names that a trace can have, the first that is there is read.
  public static let traceNames = ["trace.dat", "trace.txt"]
  /// The files that say what the kernel's interrupt numbers stand for. The second has LPIs too.
  public static let interruptNames = ["interrupts.txt", "irqs.txt"]

  /// The most that is read of a file beside the trace.
  private static let limit = 16 << 20

  /// The folder.
  public let path: String

  /// The recording in a folder; nil if it is none.
  public init?(_ path: String) {
    guard access(path + "/" + Self.descriptionName, F_OK) == 0 else { return nil }
    self.path = path
  }

  /// Its trace; nil if it has none.
  public var trace: String? {
    Self.traceNames.map { path + "/" + $0 }.first { access($0, F_OK) == 0 }
  }

  /// What the kernel's interrupt numbers stand for; nil if no file says it.
  var interrupts: InterruptMap? {
    let text = Self.interruptNames.compactMap { Self.content(path + "/" + $0) }.joined(separator: "\n")
    return InterruptMap(text: text)
  }

  /// A file's text; nil if it cannot be read or is too long to be what its name says.
  static func content(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 {
      bytes += piece[..<count]
      if bytes.count > limit { return nil }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Opens the trace, with the interrupts' INTIDs, and with those of guests that are beside it.
  func open(_ options: ImportOptions) throws(TraceError) -> any EventSource {
    guard let trace else {
      throw .unreadable(
        path: path, reason: "the recording has no \(Self.traceNames[0]): it failed, trace-cmd.log in it says why")
    }
    var options = options
    options.interrupts = options.interrupts ?? interrupts
    let host = try openTrace(paths: [trace], options: options)
    let guests = guests
    return guests.isEmpty ? host : try merge(host, trace, guests, options)
  }
}
