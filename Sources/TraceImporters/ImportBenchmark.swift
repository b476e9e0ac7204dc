import Glibc
import InterruptTrace

/// Measures how fast a QEMU log is imported, against reading its bytes alone.
///
/// Nothing is judged here. Both are measured in turn within each run, so that a busy machine slows both.
public struct ImportBenchmark: Sendable {
  /// Runs of each.
  public let runs: Int
  /// Lines of the log.
  public let lines: UInt64
  /// Events made of them.
  public let events: UInt64
  /// Bytes of text.
  public let bytes: UInt64
  /// Median CPU time in seconds of importing.
  public let importSeconds: Double
  /// Median CPU time in seconds of reading the file, and of decompressing it if it is compressed.
  public let readSeconds: Double

  /// Lines imported in a second of CPU time, reading included.
  public var linesPerSecond: Double { Double(lines) / importSeconds }

  /// Measures a log. The first, unmeasured run brings it into the page cache.
  public init(path: String, runs: Int = 9) throws(TraceError) {
    self.runs = max(runs, 1)
    _ = try Self.read(path)
    var imports: [Double] = []
    var reads: [Double] = []
    var last = (lines: UInt64(0), events: UInt64(0))
    var bytes: UInt64 = 0
    for _ in 0..<self.runs {
      let read = try Self.read(path)
      reads.append(read.seconds)
      bytes = read.bytes
      let imported = try Self.importLog(path)
      imports.append(imported.seconds)
      last = (imported.lines, imported.events)
    }
    lines = last.lines
    events = last.events
    self.bytes = bytes
    importSeconds = imports.sorted()[imports.count / 2]
    readSeconds = reads.sorted()[reads.count / 2]
  }

  private static func read(_ path: String) throws(TraceError) -> (bytes: UInt64, seconds: Double) {
    let start = threadSeconds()
    let input = try ByteInput.open(path: path)
    var bytes: UInt64 = 0
    while case let piece = input.nextPiece(), !piece.isEmpty { bytes += UInt64(piece.count) }
    return (bytes, threadSeconds() - start)
  }

  private static func importLog(_ path: String) throws(TraceError) -> (lines: UInt64, events: UInt64, seconds: Double) {
    let start = threadSeconds()
    let source = try openTrace(paths: [path])
    var batch = EventBatch()
    var events: UInt64 = 0
    while case let count = try source.read(into: &batch), count > 0 { events += UInt64(count) }
    return (source.statistics.records, events, threadSeconds() - start)
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
