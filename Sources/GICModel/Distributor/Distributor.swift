import InterruptTrace

/// State of the Distributor: everything about SPIs, in words of 32 INTIDs. Word 0 (SGIs and PPIs) stays empty.
///
/// Beside each configuration word stands a word of *known* bits: clear where the value is still the reset value that the
/// model assumed, set once the capture has written or shown it.
struct Distributor: ~Copyable {
  /// INTIDs that a Distributor without extended ranges can have.
  static var intidLimit: Int { 1024 }
  /// `route` of an SPI whose affinity names no PE.
  static var noPE: UInt32 { PE.none }
  /// `route` of an SPI that any participating PE may take (`GICD_IROUTER.Interrupt_Routing_Mode`).
  static var anyPE: UInt32 { PE.none - 1 }

  /// `GICD_CTLR`, as the Secure view holds it.
  var control: UInt32
  /// `GICD_STATUSR` of each Security state.
  var status: UInt32 = 0

  let group = Words<UInt32>(repeating: 0, count: 32)
  let groupModifier = Words<UInt32>(repeating: 0, count: 32)
  let enabled = Words<UInt32>(repeating: 0, count: 32)
  /// The pending latch; a level-sensitive interrupt is also pending while its line is high.
  let pending = Words<UInt32>(repeating: 0, count: 32)
  let active = Words<UInt32>(repeating: 0, count: 32)
  /// Input lines.
  let level = Words<UInt32>(repeating: 0, count: 32)
  /// Set for edge-triggered interrupts.
  let edge = Words<UInt32>(repeating: 0, count: 32)
  let priority = Words<UInt8>(repeating: 0, count: 1024)
  /// `GICD_IROUTER` as written.
  let router = Words<UInt64>(repeating: 0, count: 1024)
  /// Linear PE number that `router` names, ``noPE`` or ``anyPE``.
  let route = Words<UInt32>(repeating: 0, count: 1024)
  let nonSecureAccess = Words<UInt32>(repeating: 0, count: 64)

  let knownGroup = Words<UInt32>(repeating: 0, count: 32)
  let knownGroupModifier = Words<UInt32>(repeating: 0, count: 32)
  let knownEnabled = Words<UInt32>(repeating: 0, count: 32)
  let knownPending = Words<UInt32>(repeating: 0, count: 32)
  let knownActive = Words<UInt32>(repeating: 0, count: 32)
  let knownLevel = Words<UInt32>(repeating: 0, count: 32)
  let knownEdge = Words<UInt32>(repeating: 0, count: 32)
  let knownPriority = Words<UInt32>(repeating: 0, count: 32)
  let knownRoute = Words<UInt32>(repeating: 0, count: 32)

  /// SPIs that could be signalled now: pending, enabled, not active, group enabled in `control`.
  let candidates = Words<UInt32>(repeating: 0, count: 32)
  /// Bit w is set if word w of `candidates` is not zero.
  var candidateSummary: UInt32 = 0
  /// Words of `candidates` that are older than the last write of `GICD_ICFGR`: QEMU does not look then.
  var unseenTriggers: UInt32 = 0
  /// SPIs that have ever been touched, for state reports.
  let touched = Words<UInt32>(repeating: 0, count: 32)
  /// Which PE acknowledged an active SPI.
  let activeOn = Words<UInt32>(repeating: PE.none, count: 1024)
  /// Words of INTIDs that are implemented, word 0 included; 0 while nothing has shown `GICD_TYPER`.
  var wordCount = 0
  /// Bits of `control` that the capture has shown or written.
  var knownControl: UInt32 = 0

  init(control: UInt32) { self.control = control }

  /// `GICD_CTLR.EnableGrp0`.
  static var enableGroup0: UInt32 { 1 << 0 }
  /// `GICD_CTLR.EnableGrp1NS`.
  static var enableGroup1NonSecure: UInt32 { 1 << 1 }
  /// `GICD_CTLR.EnableGrp1S`.
  static var enableGroup1Secure: UInt32 { 1 << 2 }
  /// `GICD_CTLR.ARE_S`, or ARE with one Security state.
  static var affinityRoutingSecure: UInt32 { 1 << 4 }
  /// `GICD_CTLR.ARE_NS`.
  static var affinityRoutingNonSecure: UInt32 { 1 << 5 }
  /// `GICD_CTLR.DS`.
  static var disableSecurity: UInt32 { 1 << 6 }
  /// `GICD_CTLR.E1NWF`.
  static var enable1ofNWakeup: UInt32 { 1 << 7 }
  /// `GICD_CTLR.RWP`.
  static var registerWritePending: UInt32 { 1 << 31 }

  /// Whether a word of INTIDs is known not to be implemented: its registers are RES0.
  @inline(__always)
  func isReserved(word: Int) -> Bool { wordCount != 0 && word >= wordCount }

  /// INTIDs of a word that are known to be implemented. While `GICD_TYPER` is unknown, 256 SPIs are taken for certain.
  @inline(__always)
  func implementedMask(_ word: Int) -> UInt32 { word < (wordCount == 0 ? 9 : wordCount) ? .max : 0 }

  /// Whether the controller has, or behaves as having, one Security state.
  @inline(__always) var hasOneSecurityState: Bool { control & Self.disableSecurity != 0 }

  /// The bits of a word whose group is enabled in `GICD_CTLR` (IHI 0069H, 4.6.2).
  @inline(__always)
  func groupEnabled(group: UInt32, modifier: UInt32) -> UInt32 {
    let modifier = hasOneSecurityState ? 0 : modifier
    var mask: UInt32 = 0
    if control & Self.enableGroup1NonSecure != 0 { mask |= group }
    if control & Self.enableGroup1Secure != 0 { mask |= ~group & modifier }
    if control & Self.enableGroup0 != 0 { mask |= ~group & ~modifier }
    return mask
  }

  /// Recomputes one word of `candidates`.
  @inline(__always)
  mutating func refreshCandidates(word: Int) {
    let pendingNow = pending[word] | (level[word] & ~edge[word])
    let word32 =
      pendingNow & enabled[word] & ~active[word] & groupEnabled(group: group[word], modifier: groupModifier[word])
    candidates[word] = word32
    candidateSummary.setBit(word, to: word32 != 0)
  }

  /// The group of an SPI.
  @inline(__always)
  func group(of intid: Int) -> InterruptGroup {
    let word = intid >> 5
    if group[word].bit(intid & 31) { return .group1NonSecure }
    if hasOneSecurityState { return .group0 }
    return groupModifier[word].bit(intid & 31) ? .group1Secure : .group0
  }

  /// Whether an SPI is pending: latched, or level-sensitive with its line high (IHI 0069H, 4.1).
  @inline(__always)
  func isPending(_ intid: Int) -> Bool {
    let word = intid >> 5
    return (pending[word] | (level[word] & ~edge[word])).bit(intid & 31)
  }
}
