import InterruptTrace

/// What GICv2 and GICv3 have in common: banks of interrupts, and what accesses and events do to them.
///
/// The rules stand once, in the `Bank+…` files beside this one. What differs is asked here: which interrupts exist, where
/// they go, what has to be looked at again. Statically dispatched: every use is on a concrete model, so that nothing is left
/// of it on the hot path.
protocol InterruptController: Predicting, ~Copyable {
  var departures: Departures { get }
  var peCount: Int { get }
  /// Whether the capture begins at the controller's reset.
  var startsAtReset: Bool { get }
  /// Whether there is one Security state, or the controller behaves as if there were (`GICD_CTLR.DS`).
  var hasOneSecurityState: Bool { get }
  /// Whether the Security state in which a PE makes accesses is more than a belief.
  func viewIsSure(_ pe: Int) -> Bool
  /// Kinds of events that the capture has held.
  var shown: ShownKinds { get set }

  /// Whether `pe` names a PE that the model can hold; makes it exist.
  mutating func holds(_ pe: UInt32) -> Bool
  /// The bank of a word: of a PE's own for word 0.
  func bank(_ pe: Int, _ word: Int) -> UnsafeMutablePointer<InterruptBank>
  /// The interrupts of a word that exist; none of a word that is known to be reserved.
  func implemented(_ word: Int) -> UInt32
  /// The interrupts of a word that exist for certain.
  func certainlyImplemented(_ word: Int) -> UInt32
  /// Bits of a priority that exist.
  var writablePriority: UInt8 { get }
  /// Bits of a priority that a read shows for certain.
  var knownPriorityBits: UInt8 { get }
  /// SGIs whose enable bit is fixed to one, and those of which only a read tells (IHI 0048B, 4.3.5).
  var sgiEnables: (fixed: UInt32, doubtful: UInt32) { get }
  /// Whether interrupts can be non-maskable (`GICD_TYPER.NMI`); nil while the capture has not shown it.
  var hasNonMaskable: Bool? { get }
  /// Whether there is a `GICD_NSACR`.
  var hasNSACR: Bool { get }
  /// SGIs that are pending from PEs: their latches follow from registers of their own (IHI 0048B, 4.3.16).
  var sgisWithSources: UInt32 { get }
  /// Whether the lower bits of `*_ICFGR` fields are certain to be zero (IHI 0048B, 4.3.13).
  var knowsModelBits: Bool { get }

  /// Whether state reports list what software named in `*_ISACTIVER` or `*_ICACTIVER`, changed or not.
  var namingTouches: Bool { get }

  /// The PE to report for an interrupt: its own, or for an SPI the one that it goes to, if that is one.
  func reportedPE(_ pe: Int, _ intid: Int) -> UInt32
  /// The PE to report for the end of an interrupt's active state.
  func activePE(_ pe: Int, _ intid: Int) -> UInt32

  /// Sets or clears an interrupt's latch where an edge or a register does.
  func setLatch(_ pe: Int, _ intid: Int, to value: Bool)
  /// Sets or clears an interrupt's latch everywhere, as a capture shows it.
  func learnLatch(_ pe: Int, _ intid: Int, _ value: Bool)
  /// An interrupt is shown to be pending on a PE.
  func learnPending(on pe: Int, _ intid: Int)
  /// Whether interrupts of a word are pending, or active, is not known any more.
  func forget(_ field: InterruptField, _ pe: Int, word: Int, _ mask: UInt32)
  /// Sets or clears an interrupt's active state everywhere, as a capture shows it.
  func learnActive(_ pe: Int, _ intid: Int, _ value: Bool)
  /// Sets or clears an interrupt's active state everywhere.
  func setActive(_ pe: Int, _ intid: Int, to value: Bool)
  /// Sets or clears an interrupt's active state where a PE's acknowledge does.
  func setActiveOn(_ pe: Int, _ intid: Int, to value: Bool)
  /// Whether an interrupt is active as a PE sees it.
  func isActiveOn(_ pe: Int, _ intid: Int) -> Bool
  /// Whether an interrupt is pending as a PE sees it.
  func isPendingOn(_ pe: Int, _ intid: Int) -> Bool
  /// The PEs on which a register changes the latch of a PPI; nil for the one that is named.
  func latchPEs(_ pe: Int, _ intid: Int, to value: Bool) -> UInt8?
  /// Whether the latches, or the active states, of a word's bank are all that a register changes: other PEs may have
  /// states of their own.
  func hasOneState(_ field: InterruptField, word: Int) -> Bool
  /// The PEs on which a register may change the latch of a PE's PPIs.
  func latchPEs(_ pe: Int) -> Range<Int>
  /// The PEs for which a write configures an interrupt's trigger, and whether that is certain to take effect.
  func triggers(_ pe: Int, _ intid: Int) -> (pes: Range<Int>, areKnown: Bool)

  /// Something about one interrupt changed that decides whether it is signalled.
  mutating func refresh(_ pe: Int, intid: Int)
  /// The same for interrupts of a word.
  mutating func refresh(_ pe: Int, word: Int)
  /// Something changed that decides the rank of a word's interrupts.
  mutating func refreshRank(_ pe: Int, word: Int)
  /// A read taught something of a word's interrupts, whose bank was `before`.
  mutating func refreshLearned(_ pe: Int, word: Int, since before: InterruptBank)
  /// Priorities of a word were written.
  mutating func refreshPriorities(_ pe: Int, word: Int)
  /// The triggers of a word were written.
  mutating func refreshTriggers(_ pe: Int, word: Int)

  /// What decides at a PE whether interrupts reach it, as far as it is known.
  func conditions(_ pe: Int) -> DeliveryConditions
  /// Takes the conditions that are reported now, and returns those that were reported last.
  mutating func exchangeReported(_ pe: Int, for now: DeliveryConditions) -> DeliveryConditions
  /// The groups that the Distributor forwards, bit n for ``InterruptGroup`` n.
  var groupEnables: Learned<UInt32> { get }

  // MARK: What only one architecture has

  /// Whether the capture holds accesses to the registers that configure an interrupt.
  func showsConfiguration(_ intid: Int) -> Bool
  /// Whether the latch of an interrupt, as a PE sees it, follows from what the capture holds.
  func knowsLatch(_ pe: Int, _ intid: Int) -> Bool
  /// Whether its active state does.
  func knowsActive(_ pe: Int, _ intid: Int) -> Bool
  /// What a register that only this architecture's Distributor has returns of INTIDs, 32 bits of it at a time.
  func ownValue(_ field: InterruptField, first: Int, pe: Int, nonSecure: Bool) -> Learned<UInt32>
  /// What such a register takes: `bits` where `lanes` is set.
  mutating func setOwn(
    _ register: InterruptRegister, first: Int, _ bits: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool)
  /// Takes over what a read of such a register shows.
  mutating func learnOwn(_ field: InterruptField, first: Int, _ seen: UInt32, lanes: UInt32, pe: Int, nonSecure: Bool)
  /// Sends an SPI to a PE, where nothing has shown that it does not go there. False if it does already, or cannot.
  mutating func aim(_ intid: Int, at pe: Int) -> Bool
  /// Opens what is unknown and stands closed for an interrupt that a PE was shown: false if there is nothing.
  mutating func openGroups(for group: InterruptGroup, pe: Int) -> Bool
}
