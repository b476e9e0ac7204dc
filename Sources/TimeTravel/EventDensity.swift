import Replay

/// How many interrupts were acknowledged in each of equally many events: what the slider shows. Spans double when the
/// capture outgrows them.
struct EventDensity {
  private static let spans = 512
  private(set) var counts = [UInt64](repeating: 0, count: spans)
  private(set) var width: UInt64 = 64

  mutating func consume(_ batch: ReplayBatch) {
    for transition in batch.transitions
    where transition.kind == .acknowledged || transition.kind == .virtualAcknowledged {
      while transition.event / width >= UInt64(Self.spans) { double() }
      counts[Int(transition.event / width)] += 1
    }
  }

  private mutating func double() {
    let old = counts
    for i in 0..<Self.spans { counts[i] = i * 2 < Self.spans ? old[i * 2] + old[i * 2 + 1] : 0 }
    width *= 2
  }
}
