import InterruptTrace

/// When the physical interrupts that may be linked to virtual ones became pending and were acknowledged: SGIs, PPIs and
/// SPIs. LPIs have no active state and are never linked (IHI 0069H, 12.4.6).
struct PhysicalMoments: ~Copyable {
  struct Moments: BitwiseCopyable {
    var pending: UInt64 = 0
    var acknowledged: UInt64 = 0
    var hasPending = false
    var isAcknowledged = false
  }

  private var table = LiveTable(Moments())

  mutating func becamePending(_ t: Transition) {
    guard !INTID.isLPI(t.intid) else { return }
    let entry = table.insert(t.interruptKey)
    guard !entry.pointee.isAcknowledged else { return }
    entry.pointee.pending = t.time
    entry.pointee.hasPending = t.provenance != .assumed && t.pending.cause != .observed
  }

  mutating func acknowledged(_ t: Transition) {
    guard !INTID.isLPI(t.intid) else { return }
    let entry = table.insert(t.interruptKey)
    if entry.pointee.isAcknowledged { entry.pointee.hasPending = false }
    entry.pointee.acknowledged = t.time
    entry.pointee.isAcknowledged = true
  }

  /// A level that is still high makes it pending again.
  mutating func deactivated(_ t: Transition) {
    guard !INTID.isLPI(t.intid), let entry = table.find(t.interruptKey) else { return }
    entry.pointee = Moments(pending: t.time, hasPending: t.deactivated.isPending)
  }

  mutating func withdrawn(_ t: Transition) {
    guard !INTID.isLPI(t.intid), let entry = table.find(t.interruptKey), !entry.pointee.isAcknowledged else { return }
    entry.pointee.hasPending = false
  }

  /// The moments of a physical interrupt that a PE's list register is linked to.
  func find(domain: UInt16, pe: UInt32, intid: UInt32) -> Moments? {
    table.find(InterruptKey.interrupt(domain: domain, pe: pe, intid: intid).rawValue)?.pointee
  }
}
