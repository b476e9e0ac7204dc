import Analyzers

extension LatencySeries {
  /// The middle of a span.
  func middle(_ span: Int) -> UInt64 { (start ?? 0) &+ UInt64(span) &* width &+ width / 2 }

  /// The spans whose middles lie from `from` up to `to`, as one.
  func sum(from: UInt64, to: UInt64) -> LatencySpan {
    spans.enumerated().reduce(into: LatencySpan()) { sum, element in
      let middle = middle(element.offset)
      if middle >= from, middle < to { sum.merge(element.element) }
    }
  }

  /// The greatest latency, and the middle of the span that it began in.
  var worst: (length: UInt64, time: UInt64)? {
    guard let span = spans.indices.max(by: { spans[$0].worst < spans[$1].worst }) else { return nil }
    return (spans[span].worst, middle(span))
  }
}
