import InterruptTrace

/// What a PE's interface showed after the priority drop of an end of interrupt and before the deactivation.
///
/// With EOImode 0 both follow from one write. An emulator that reports its state after each step shows the first one
/// too: QEMU prints one highest-pending update and one pair of lines with the interrupt still active.
struct InterimView {
  /// The PE, or ``PE/none`` if there is nothing to show.
  var pe: UInt32
  var highest: PendingInterrupt
  var lines: CPULines
  var showsHighest: Bool
  var showsLines: Bool

  static var none: InterimView {
    InterimView(pe: PE.none, highest: .none, lines: [], showsHighest: false, showsLines: false)
  }

  /// Whether an event still belongs to the first step: each observation of the PE comes once.
  @inline(__always) func concerns(_ event: Event) -> Bool {
    guard event.pe == pe else { return false }
    if event.kind == .highestPending { return showsHighest && showsLines }
    return event.kind == .cpuLine && showsLines
  }
}
