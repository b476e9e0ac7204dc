import GICModel

/// The analyzers of the virtual side: guests' interrupts and list registers.
struct VirtualSide: ~Copyable {
  private(set) var interrupts = VirtualInterruptAnalyzer()

  /// Takes in a transition of any kind; `isCounted` says that it passes the filter and lies in the window. O(1).
  @inline(__always)
  mutating func take(_ t: Transition, isCounted: Bool) { interrupts.take(t, isCounted: isCounted) }
}
