import InterruptTrace

/// State of GICv3's Distributor beside its banks of interrupts: control, routes, and which SPIs could be signalled.
struct Distributor: ~Copyable {
  /// `route` of an SPI whose affinity names no PE.
  static var noPE: UInt32 { PE.none }
  /// `route` of an SPI that any participating PE may take (`GICD_IROUTER.Interrupt_Routing_Mode`).
  static var anyPE: UInt32 { PE.none - 1 }

  /// `GICD_CTLR`, as the Secure view holds it.
  var control: Learned<UInt32>
  /// `GICD_IROUTER` as written.
  var router = Words<UInt64>(repeating: 0, count: 1024)
  /// Linear PE number that `router` names, ``noPE`` or ``anyPE``.
  var route = Words<UInt32>(repeating: 0, count: 1024)
  /// Which PE acknowledged an active SPI.
  var activeOn = Words<UInt32>(repeating: PE.none, count: 1024)

  /// SPIs that could be signalled now: pending, enabled, not active, group enabled in `control`.
  var candidates = Words<UInt32>(repeating: 0, count: 32)
  /// Bit w is set if word w of `candidates` is not zero.
  var candidateSummary: UInt32 = 0
  /// Words of `candidates` that are older than the last write of `GICD_ICFGR`, see ``Departures``.
  var unseenTriggers: UInt32 = 0
  /// Words of INTIDs that are implemented, word 0 included; 0 while nothing has shown `GICD_TYPER`.
  var wordCount = 0

  /// An independent copy.
  func copy() -> Distributor {
    Distributor(
      control: control, router: router.copy(), route: route.copy(), activeOn: activeOn.copy(),
      candidates: candidates.copy(), candidateSummary: candidateSummary, unseenTriggers: unseenTriggers,
      wordCount: wordCount)
  }

  /// Writes or reads it.
  mutating func archive(_ archive: inout StateArchive) {
    archive.value(&control)
    router.archive(&archive)
    route.archive(&archive)
    activeOn.archive(&archive)
    candidates.archive(&archive)
    archive.value(&candidateSummary)
    archive.value(&unseenTriggers)
    archive.value(&wordCount)
  }

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
  /// `GICD_CTLR.RWP`.
  static var registerWritePending: UInt32 { 1 << 31 }

  /// The bit of `GICD_CTLR` that enables a group.
  static func enable(_ group: InterruptGroup) -> UInt32 {
    switch group {
    case .group0: enableGroup0
    case .group1Secure: enableGroup1Secure
    case .group1NonSecure: enableGroup1NonSecure
    }
  }

  /// Whether a word of INTIDs is known not to be implemented: its registers are RES0.
  @inline(__always) func isReserved(word: Int) -> Bool { wordCount != 0 && word >= wordCount }

  /// Whether the controller has, or behaves as having, one Security state.
  @inline(__always) var hasOneSecurityState: Bool { control.value & Self.disableSecurity != 0 }

  /// The interrupts of a bank whose group is enabled in `GICD_CTLR` (IHI 0069H, 4.6.2).
  @inline(__always) func groupEnabled(_ bank: UnsafeMutablePointer<InterruptBank>) -> UInt32 {
    let group = bank.pointee.group.value
    let modifier = hasOneSecurityState ? 0 : bank.pointee.modifier.value
    var mask: UInt32 = 0
    if control.value & Self.enableGroup1NonSecure != 0 { mask |= group }
    if control.value & Self.enableGroup1Secure != 0 { mask |= ~group & modifier }
    if control.value & Self.enableGroup0 != 0 { mask |= ~group & ~modifier }
    return mask
  }

  /// The interrupts of a bank that could be signalled now.
  @inline(__always) func candidates(of bank: UnsafeMutablePointer<InterruptBank>) -> UInt32 {
    bank.pointee.pending & bank.pointee.enabled.value & ~bank.pointee.active.value & groupEnabled(bank)
  }

  /// Sets one word of `candidates`.
  @inline(__always) mutating func setCandidates(word: Int, _ bits: UInt32) {
    candidates[word] = bits
    candidateSummary.setBit(word, to: bits != 0)
  }
}
