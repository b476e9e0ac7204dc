import InterruptTrace

/// Acknowledges over time, in equal spans.
public struct Activity: Sendable {
  /// Start of the first span, in ns since the capture's epoch.
  public var start: UInt64 = 0
  /// Length of a span in ns.
  public var width: UInt64 = 1
  /// Acknowledges in each span, by class in the order of ``InterruptClass``.
  public var byClass = [[UInt64]](repeating: [], count: 4)

  /// Acknowledges in each span.
  public var totals: [UInt64] {
    (0..<(byClass.map(\.count).max() ?? 0)).map { i in byClass.reduce(0) { $0 + (i < $1.count ? $1[i] : 0) } }
  }
}

/// Counts acknowledges over time in a fixed number of spans, which double when the capture outgrows them.
struct ActivityAnalyzer: ~Copyable {
  private static let spans = 1024
  private let counts: UnsafeMutablePointer<UInt64>
  private var start: UInt64?
  private var widthLog2: UInt64 = 10
  private var used = 0

  init() {
    counts = .allocate(capacity: Self.spans * 4)
    counts.initialize(repeating: 0, count: Self.spans * 4)
  }

  deinit { counts.deallocate() }

  /// Counts an acknowledge.
  @inline(__always) mutating func count(_ t: Transition) {
    let start = self.start ?? t.time
    self.start = start
    let offset = t.time >= start ? t.time &- start : 0
    while offset &>> widthLog2 >= UInt64(Self.spans) { double() }
    let span = Int(truncatingIfNeeded: offset &>> widthLog2)
    counts[span &* 4 &+ Int(InterruptClass(intid: t.intid).rawValue)] &+= 1
    used = max(used, span &+ 1)
  }

  private mutating func double() {
    for i in 0..<(Self.spans / 2) {
      for c in 0..<4 { counts[i * 4 + c] = counts[i * 8 + c] &+ counts[i * 8 + 4 + c] }
    }
    (counts + Self.spans * 2).update(repeating: 0, count: Self.spans * 2)
    widthLog2 += 1
    used = (used + 1) / 2
  }

  var activity: Activity {
    var result = Activity()
    guard let start else { return result }
    result.start = start
    result.width = 1 << widthLog2
    for c in 0..<4 { result.byClass[c] = (0..<used).map { counts[$0 * 4 + c] } }
    return result
  }
}
