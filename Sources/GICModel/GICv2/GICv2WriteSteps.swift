import InterruptTrace

/// What every PE would be signalled after each byte of the last write of the Distributor.
///
/// QEMU carries out a write of several bytes byte by byte and re-evaluates all PEs, in ascending order, after each. What
/// it prints between shows states that no register read ever shows. An observation after such a write may be of any
/// byte's state, but bytes come in order: a step once passed does not come back, and when the PEs start again from a
/// lower one, the next byte has been written.
struct GICv2WriteSteps: ~Copyable {
  /// One PE after one byte.
  struct Step {
    var pending: GICv2Pending
    var lines: CPULines
  }

  private var steps = Words<Step>(repeating: Step(pending: .none, lines: []), count: 8 * GICv2Distributor.peLimit)
  /// Bytes of the write; 0 if there is nothing but the present state to compare with.
  private(set) var count = 0
  /// The step that the last observation belonged to.
  private var current = 0
  /// Where in its ascending order that observation stood.
  private var lastPlace = -1

  /// An independent copy.
  func copy() -> GICv2WriteSteps {
    GICv2WriteSteps(steps: steps.copy(), count: count, current: current, lastPlace: lastPlace)
  }

  /// Nothing observed from now on belongs to the write.
  @inline(__always) mutating func end() { count = 0 }

  mutating func begin(count: Int) {
    self.count = min(count, 8)
    current = 0
    lastPlace = -1
  }

  func set(_ byte: Int, _ pe: Int, _ step: Step) { steps[byte * GICv2Distributor.peLimit + pe] = step }

  /// The first step, from the one reached on, that `matches`; nil if there is none. `place` orders the observations of
  /// one evaluation.
  mutating func find(_ pe: Int, place: Int, _ matches: (Step) -> Bool) -> Step? {
    if place <= lastPlace { current = min(current + 1, count - 1) }
    lastPlace = place
    for byte in current..<count where matches(steps[byte * GICv2Distributor.peLimit + pe]) {
      current = byte
      return steps[byte * GICv2Distributor.peLimit + pe]
    }
    return nil
  }
}
