import HypervisorModel

/// Another number of list registers, and another hypervisor that loads them.
public struct ListRegisterVariant: Hashable, Sendable {
  /// Who chooses what goes into a list register.
  public var policy: ListRegisterPolicy
  /// How many there are.
  public var count: Int

  /// What is asked unless something else is: both policies of KVM, each with 1, 2, 4, 8 and 16 list registers.
  public static let standard = ListRegisterPolicy.allCases.flatMap { policy in
    [1, 2, 4, 8, 16].map { ListRegisterVariant(policy: policy, count: $0) }
  }

  /// A variant; the architecture has at most 16 (`ICH_LR<n>_EL2`) or 64 (`GICH_LR<n>`).
  public init(policy: ListRegisterPolicy, count: Int) {
    self.policy = policy
    self.count = count
  }
}

/// What a capture's virtual interrupts would have met with other list registers. All of it is *inferred*: when the guest
/// wanted an interrupt, and for how long it was at it, are the capture's; what waited and for how long is the policy's.
public struct ListRegisterOutlook: Sendable {
  /// What was assumed.
  public var variant: ListRegisterVariant
  /// Times list registers were loaded, maintenance interrupts' own included.
  public var entries: UInt64 = 0
  /// The same, with more interrupts than list registers.
  public var overflowingEntries: UInt64 = 0
  /// Of ``entries``, those after which underflow maintenance holds from the start, for one list register is in use and the
  /// policy asks for a maintenance interrupt at one or none (`ICH_MISR_EL2.U`, IHI 0069H, 12.4.7): a guest that leaves at once for each
  /// maintenance interrupt gets nowhere. The other figures are those of one that takes an interrupt first.
  public var stalledEntries: UInt64 = 0
  /// Interrupts that found no list register, each counted once until it got one.
  public var overflows: UInt64 = 0
  /// The most that waited at one time.
  public var mostWaiting = 0
  /// Loads of a list register with an interrupt.
  public var loads: UInt64 = 0
  /// Maintenance interrupts by cause, in the order of ``MaintenanceCause``.
  public var maintenanceByCause = [UInt64](repeating: 0, count: 8)
  /// Interrupts that the guest took later than in the capture: by how much, in ns.
  public var delays = LatencyDistribution()
  /// Interrupts that the guest took.
  public var taken: UInt64 = 0
  /// Entries at which the hypervisor of the capture had more interrupts than list registers itself: what waited there is
  /// not shown, and counts from when it was listed.
  public var pressedEntries: UInt64 = 0
  /// Interrupts that came again before the guest took them, and became one, which they did not in the capture.
  public var merged: UInt64 = 0
  /// Ends that hit no list register and that raise no maintenance interrupt: the interrupt stays active, and is lost.
  public var lostEnds: UInt64 = 0

  /// Maintenance interrupts; one with two causes counts twice.
  public var maintenance: UInt64 { maintenanceByCause.reduce(0, +) }
}
