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
  /// How often the PEs were evaluated again from the first on.
  private var evaluations = 0
  /// The step from which the last observation that skipped some did so.
  private var skipped = 0
  /// Where in its ascending order that observation stood.
  private var lastPlace = -1
  /// What was shown last to be the highest pending interrupt of each PE.
  private var shown = InlineArray<8, GICv2Pending?>(repeating: nil)
  /// PEs of which that was no step's, and was explained by what is unknown.
  private var explained: UInt8 = 0
  /// The interrupts of whose bits, as they were before the write, some were not known: what shows between the bytes may
  /// be theirs.
  private var doubtful: (word: Int, interrupts: UInt32) = (0, 0)
  /// What the write sets of them.
  private(set) var field = InterruptField.enabled

  /// An independent copy.
  func copy() -> GICv2WriteSteps {
    GICv2WriteSteps(
      steps: steps.copy(), count: count, current: current, evaluations: evaluations, skipped: skipped,
      lastPlace: lastPlace, shown: shown, explained: explained, doubtful: doubtful, field: field)
  }

  /// Writes or reads them.
  mutating func archive(_ archive: inout StateArchive) {
    steps.archive(&archive)
    archive.value(&count)
    archive.value(&current)
    archive.value(&evaluations)
    archive.value(&skipped)
    archive.value(&lastPlace)
    archive.value(&shown)
    archive.value(&explained)
    archive.value(&doubtful.word)
    archive.value(&doubtful.interrupts)
    archive.value(&field)
  }

  /// Nothing observed from now on belongs to the write.
  @inline(__always) mutating func end() { count = 0 }

  mutating func begin(count: Int, _ field: InterruptField, doubtful interrupts: UInt32, word: Int) {
    self.field = field
    self.count = min(count, 8)
    doubtful = (word, interrupts)
    current = 0
    evaluations = 0
    skipped = 0
    lastPlace = -1
    shown = InlineArray(repeating: nil)
    explained = 0
  }

  /// Whether something of an interrupt that the write changes was not known before.
  func isDoubtful(_ intid: Int) -> Bool {
    intid >> 5 == doubtful.word && doubtful.interrupts >> UInt32(intid & 31) & 1 != 0
  }

  /// Whether an interrupt is of the word that the write is about.
  func concerns(_ intid: Int) -> Bool { intid >> 5 == doubtful.word }

  /// What is shown of a PE was explained: it may go on for the bytes that follow.
  mutating func explain(_ pe: Int) { explained |= 1 << UInt8(pe) }

  /// Whether what was shown last of a PE was explained so.
  func isExplained(_ pe: Int) -> Bool { explained >> UInt8(pe) & 1 != 0 }

  /// What was shown last to be the highest pending interrupt of a PE since the write.
  func shown(of pe: Int) -> GICv2Pending? { count == 0 ? nil : shown[pe] }

  /// An interrupt is shown to be the highest pending one of a PE.
  mutating func observe(_ pe: Int, _ pending: GICv2Pending) { shown[pe] = pending }

  func set(_ byte: Int, _ pe: Int, _ step: Step) { steps[byte * GICv2Distributor.peLimit + pe] = step }

  /// What a PE would be signalled at the step that the last observation belonged to.
  func reached(_ pe: Int) -> GICv2Pending { steps[current * GICv2Distributor.peLimit + pe].pending }

  /// Whether every byte has been written: what is shown is the state that the write leaves.
  var isDone: Bool { evaluations >= count - 1 }

  /// An observation follows; `place` orders those of one evaluation.
  mutating func advance(to place: Int) {
    if place <= lastPlace {
      current = min(current + 1, count - 1)
      evaluations += 1
    }
    lastPlace = place
  }

  /// The first step, from the one reached on, that `matches`; nil if there is none.
  mutating func find(_ pe: Int, _ matches: (Step) -> Bool) -> Step? {
    for byte in current..<count where matches(steps[byte * GICv2Distributor.peLimit + pe]) {
      if byte != current { skipped = current }
      current = byte
      return steps[byte * GICv2Distributor.peLimit + pe]
    }
    return nil
  }

  /// Goes back to a step that an observation skipped, if something that is not known can have misled it. False if none of
  /// those `matches`.
  mutating func goBack(_ pe: Int, _ matches: (Step) -> Bool) -> Bool {
    let first = max(skipped, evaluations)
    guard doubtful.interrupts != 0, first < current else { return false }
    for byte in first..<current where matches(steps[byte * GICv2Distributor.peLimit + pe]) {
      current = byte
      skipped = byte
      return true
    }
    return false
  }
}
