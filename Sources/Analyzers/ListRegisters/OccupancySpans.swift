/// Adds up list registers in use over time in a fixed number of spans, which double when the capture outgrows them.
struct OccupancySpans: ~Copyable {
  private static let spans = 1024
  private let used: UnsafeMutablePointer<UInt64>
  private let most: UnsafeMutablePointer<UInt8>
  private var start: UInt64?
  private var widthLog2: UInt64 = 10
  private var count = 0

  init() {
    used = .allocate(capacity: Self.spans)
    used.initialize(repeating: 0, count: Self.spans)
    most = .allocate(capacity: Self.spans)
    most.initialize(repeating: 0, count: Self.spans)
  }

  deinit {
    used.deallocate()
    most.deallocate()
  }

  /// `number` list registers were in use from `from` to `to`. O(spans between the two).
  mutating func add(_ number: Int, from: UInt64, to: UInt64) {
    let start = self.start ?? from
    self.start = start
    var from = max(from, start) &- start
    let to = max(to, start) &- start
    while to &>> widthLog2 >= UInt64(Self.spans) { double() }
    count = max(count, Int(to &>> widthLog2) &+ 1)
    guard number > 0 else { return }
    while from < to {
      let span = Int(from &>> widthLog2)
      let next = (UInt64(span) &+ 1) &<< widthLog2
      // The end of the last span may be beyond all times.
      let end = next > from ? min(next, to) : to
      used[span] &+= (end &- from) &* UInt64(number)
      most[span] = max(most[span], UInt8(min(number, 255)))
      from = end
    }
  }

  private mutating func double() {
    for i in 0..<(Self.spans / 2) {
      used[i] = used[2 * i] &+ used[2 * i + 1]
      most[i] = max(most[2 * i], most[2 * i + 1])
    }
    (used + Self.spans / 2).update(repeating: 0, count: Self.spans / 2)
    (most + Self.spans / 2).update(repeating: 0, count: Self.spans / 2)
    widthLog2 += 1
    count = (count + 1) / 2
  }

  var overTime: OccupancyOverTime {
    var result = OccupancyOverTime()
    result.start = start ?? 0
    result.width = 1 << widthLog2
    result.used = (0..<count).map { used[$0] }
    result.most = (0..<count).map { most[$0] }
    return result
  }
}
