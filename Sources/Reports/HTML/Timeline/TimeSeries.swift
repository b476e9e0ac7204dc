/// Numbers over time in a fixed number of equal spans, which double when the capture outgrows them.
struct TimeSeries<Value> {
  private let capacity: Int
  private let empty: Value
  private let merge: (Value, Value) -> Value
  private(set) var start: UInt64?
  /// Length of a span in ns.
  private(set) var width: UInt64 = 1024
  private(set) var values: [Value] = []

  init(capacity: Int, empty: Value, merge: @escaping (Value, Value) -> Value) {
    self.capacity = capacity
    self.empty = empty
    self.merge = merge
  }

  mutating func add(_ value: Value, at time: UInt64) {
    let merge = merge
    change(at: time) { $0 = merge($0, value) }
  }

  /// Changes what the span of a moment holds; what lies before the first moment that came counts with that.
  mutating func change(at time: UInt64, _ body: (inout Value) -> Void) {
    let start = self.start ?? time
    self.start = start
    let offset = time > start ? time - start : 0
    while offset / width >= UInt64(capacity) { double() }
    let place = Int(offset / width)
    while values.count <= place { values.append(empty) }
    body(&values[place])
  }

  private mutating func double() {
    width *= 2
    values = stride(from: 0, to: values.count, by: 2).map { at in
      at + 1 < values.count ? merge(values[at], values[at + 1]) : values[at]
    }
  }
}
