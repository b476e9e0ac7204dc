/// Anything that yields a capture's events in the order of their effects.
///
/// A source is used by one thread at a time.
public protocol EventSource: AnyObject {
  /// What the capture is, for reports.
  var format: TraceFormat { get }
  /// What is known about the controller before the first event.
  var topology: Topology { get }
  /// What was read, skipped and wrong so far.
  var statistics: ImportStatistics { get }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  ///
  /// Damage does not throw: what could be read is delivered, and ``ImportStatistics/damage`` says where it ended.
  func read(into batch: inout EventBatch) throws(TraceError) -> Int
}

/// What a capture is and how it is wrapped.
public struct TraceFormat: Equatable, Sendable {
  /// For people and scripts: `native`, `qemu-log`, `pcap`, `pcapng`.
  public var name: String
  /// `none`, `lz4`, `gzip`, `zlib`, `zstd` or `xz`.
  public var compression: String
  /// A format with its compression.
  public init(name: String, compression: String = "none") {
    self.name = name
    self.compression = compression
  }
}

/// Counts kept while a capture is read.
public struct ImportStatistics: Sendable {
  /// A kind of problem: how often, and its first example.
  public struct Problem: Equatable, Sendable {
    /// What is wrong, in a few words that do not vary: `malformed line`.
    public var kind: String
    /// How often.
    public var count: UInt64
    /// The first one, as it stands in the capture, cut to a readable length.
    public var firstExample: String
    /// Where the first one is: `line 17`, `record 5 (byte 224)`.
    public var firstPosition: String
  }

  /// A kind of event that is left out because it is not about interrupts.
  public struct Ignored: Equatable, Sendable {
    /// Its name in the capture; nil for all that are not named one by one.
    public var name: String?
    /// How often.
    public var count: UInt64

    /// A kind with its count.
    public init(name: String?, count: UInt64) {
      self.name = name
      self.count = count
    }
  }

  /// Where a damaged capture stops making sense.
  public struct Damage: Equatable, Sendable {
    /// What is wrong: `compressed data ends early`.
    public var reason: String
    /// Where: `after record 81919, byte 1048576 of the compressed file`.
    public var position: String
    /// What and where.
    public init(reason: String, position: String) {
      self.reason = reason
      self.position = position
    }
  }

  /// Bytes consumed from the input as stored (compressed, if it is).
  public var bytesRead: UInt64 = 0
  /// The input's size in bytes, where it is known.
  public var bytesTotal: UInt64?
  /// Lines or records seen.
  public var records: UInt64 = 0
  /// Lines or records that hold nothing for us, by reason.
  public var skipped: UInt64 = 0
  /// Events of the capture that are about other things than interrupts, in order of first occurrence: no problem.
  public private(set) var ignored: [Ignored] = []
  /// Problems, in order of first occurrence.
  public private(set) var problems: [Problem] = []
  /// Set when the capture ended early.
  public var damage: Damage?

  /// Nothing read.
  public init() {}

  /// Counts a problem, or `count` of its kind; the closures are called for the first of its kind only.
  public mutating func note(
    _ kind: String, count: UInt64 = 1, example: @autoclosure () -> String, position: @autoclosure () -> String
  ) {
    guard count > 0 else { return }
    if let at = problems.firstIndex(where: { $0.kind == kind }) {
      problems[at].count &+= count
    } else {
      problems.append(Problem(kind: kind, count: count, firstExample: example(), firstPosition: position()))
    }
  }
}

extension ImportStatistics {
  /// Kinds of ignored events that are named; more are counted together.
  private static let ignoredLimit = 64

  /// Counts events of a kind that is left out. The name is escaped.
  public mutating func ignore(_ name: String?, count: UInt64) {
    if let name, let at = ignored.firstIndex(where: { $0.name == name.printable }) {
      ignored[at].count &+= count
    } else if let name, ignored.count < Self.ignoredLimit {
      ignored.append(Ignored(name: name.printable, count: count))
    } else if let at = ignored.firstIndex(where: { $0.name == nil }) {
      ignored[at].count &+= count
    } else {
      ignored.append(Ignored(name: nil, count: count))
    }
  }

  /// One line about what was left out, the most frequent first; nil if nothing was.
  public var ignoredText: String? {
    guard !ignored.isEmpty else { return nil }
    let named = ignored.filter { $0.name != nil }.sorted { ($1.count, $0.name!) < ($0.count, $1.name!) }
    let total = ignored.reduce(0) { $0 &+ $1.count }
    let shown = named.prefix(6).map { "\($0.name!) \($0.count.grouped)" }
    let isComplete = named.count == ignored.count && shown.count == named.count
    let kinds = named.count == ignored.count ? "\(named.count)" : "more than \(named.count)"
    let verb = total == 1 ? "event of 1 kind is" : "events of \(kinds) \(kinds == "1" ? "kind" : "kinds") are"
    let list = shown.isEmpty ? "" : ": " + shown.joined(separator: ", ") + (isComplete ? "" : ", …")
    return "\(total.grouped) \(verb) not about interrupts\(list)"
  }
}

/// Why a capture cannot be read at all, or, with `--strict`, why reading stopped.
public enum TraceError: Error, Equatable, Sendable {
  /// The file cannot be opened or read. Exit code 3.
  case unreadable(path: String, reason: String)
  /// No importer knows this content. Exit code 3.
  case unrecognised(path: String, reason: String)
  /// The file was written by a newer major version. Exit code 3.
  case tooNew(path: String, version: String)
  /// `--strict` met a problem. Exit code 4.
  case strict(path: String, position: String, reason: String)

  /// One sentence for the user: what, where, and what to do.
  public var message: String { text.printable }

  private var text: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .unrecognised(let path, let reason): "\(path): not a capture that gicscope knows: \(reason)"
    case .tooNew(let path, let version):
      "\(path): written in format version \(version), newer than this gicscope reads; update gicscope"
    case .strict(let path, let position, let reason):
      "\(path): \(position): \(reason) (stopped because of --strict)"
    }
  }

  /// The exit code that the command line gives.
  public var exitCode: Int32 {
    if case .strict = self { return 4 }
    return 3
  }
}
