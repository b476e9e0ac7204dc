import InterruptTrace

/// The analyzers of the virtual side: guests' interrupts and list registers.
struct VirtualSide: ~Copyable {
  private(set) var interrupts: VirtualInterruptAnalyzer
  private(set) var listRegisters = ListRegisterAnalyzer()

  init(keepsLives: Bool, limits: AnalysisLimits) {
    interrupts = VirtualInterruptAnalyzer(keepsLives: keepsLives, limits: limits)
  }

  /// A batch begins: whoever wanted the lives of the one before has them.
  mutating func begin() { interrupts.begin() }

  /// Closes the lives that the capture leaves open.
  mutating func closeLives(_ filter: TransitionFilter?) { interrupts.closeAll(filter) }

  /// Something virtual was seen: until then nothing physical concerns it but a gap.
  @inline(__always) var isInUse: Bool { interrupts.isInUse }

  /// Takes in a transition of a physical interrupt, which may be linked to a virtual one. O(1).
  @inline(__always) mutating func take(_ t: Transition, isCounted: Bool) { interrupts.take(t, isCounted: isCounted) }

  /// Takes in a transition of any kind; `isReported` says that it lies in the window, `isCounted` that it passes the filter
  /// too. O(1).
  @inline(__always) mutating func take(_ t: Transition, isReported: Bool, isCounted: Bool) {
    interrupts.take(t, isCounted: isCounted)
    listRegisters.take(t, isReported: isReported)
  }

  /// The time of the last event of a batch.
  mutating func advance(to time: UInt64, isReported: Bool) {
    listRegisters.advance(to: time, isReported: isReported)
  }
}
