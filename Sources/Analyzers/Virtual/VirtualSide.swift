import Replay

/// The analyzers of the virtual side: guests' interrupts and list registers.
struct VirtualSide: ~Copyable {
  private(set) var interrupts = VirtualInterruptAnalyzer()
  private let filter: TransitionFilter?

  init(filter: TransitionFilter) { self.filter = filter.isOpen ? nil : filter }

  mutating func consume(_ batch: ReplayBatch) {
    for transition in batch.transitions {
      let isCounted = batch.isReported && (filter?.includes(transition) ?? true)
      interrupts.take(transition, isCounted: isCounted)
    }
  }
}
