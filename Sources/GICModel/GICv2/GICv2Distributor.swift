import InterruptTrace

/// State of GICv2's Distributor, in words of 32 INTIDs.
///
/// Word 0, SGIs and PPIs, exists once for each PE (IHI 0048B, 1.4 and 4.1.4: banked); configuration of the other words
/// once. So configuration lies in *rows*: one for each PE's word 0, then one for each further word. Pending latches and
/// active states lie in *planes*, all words for each PE, because some implementations keep them so for SPIs too; where
/// an SPI has one state, as in the architecture, its bit is the same in all planes.
///
/// Beside configuration and state stand *known* bits: clear where the value is still what the model assumed.
struct GICv2Distributor: ~Copyable {
  /// Most PEs.
  static var peLimit: Int { 8 }
  /// First INTID that cannot be an interrupt.
  static var intidLimit: Int { 1020 }
  private static var rows: Int { 39 }
  private static var planes: Int { 256 }

  /// `GICD_CTLR` in the Secure view: EnableGrp0, EnableGrp1.
  var control: UInt32 = 0
  /// Bits of `control` that the capture has shown or written.
  var knownControl: UInt32 = 0

  let enabled = Words<UInt32>(repeating: 0, count: rows)
  let group = Words<UInt32>(repeating: 0, count: rows)
  /// Input lines.
  let level = Words<UInt32>(repeating: 0, count: rows)
  /// Set for edge-triggered interrupts.
  let edge = Words<UInt32>(repeating: 0, count: rows)
  /// The pending latch; a level-sensitive interrupt is also pending while its line is high (IHI 0048B, 4.3.7).
  let latch = Words<UInt32>(repeating: 0, count: planes)
  let active = Words<UInt32>(repeating: 0, count: planes)
  /// `GICD_ITARGETSR` turned round: the SPIs that target a PE.
  let targeted = Words<UInt32>(repeating: 0, count: planes)
  /// `GICD_ITARGETSR`, a byte for each INTID.
  let targets = Words<UInt8>(repeating: 0, count: 1024)
  /// A byte for each INTID of each PE below 32, then one for each INTID; see ``priorityIndex(_:_:)``.
  let priority = Words<UInt8>(repeating: 0, count: 256 + 1024)
  /// `GICD_NSACR0` of each PE, then `GICD_NSACR`.
  let nonSecureAccess = Words<UInt32>(repeating: 0, count: 8 + 64)
  /// PEs from which an SGI is pending: a bit for each, 16 SGIs for each target.
  let sources = Words<UInt8>(repeating: 0, count: 8 * 16)
  /// The source of an active SGI.
  let activeSource = Words<UInt8>(repeating: 0, count: 8 * 16)
  /// Which PE acknowledged an active SPI.
  let activeOn = Words<UInt32>(repeating: PE.none, count: 1024)

  let knownEnabled = Words<UInt32>(repeating: 0, count: rows)
  let knownGroup = Words<UInt32>(repeating: 0, count: rows)
  let knownLevel = Words<UInt32>(repeating: 0, count: rows)
  let knownEdge = Words<UInt32>(repeating: 0, count: rows)
  let knownTargets = Words<UInt32>(repeating: 0, count: rows)
  let knownPriority = Words<UInt32>(repeating: 0, count: rows)
  let knownLatch = Words<UInt32>(repeating: 0, count: planes)
  let knownActive = Words<UInt32>(repeating: 0, count: planes)
  /// Interrupts that have ever been touched, for state reports.
  let touched = Words<UInt32>(repeating: 0, count: rows)

  /// Interrupts that could be signalled to a PE now: pending, enabled, not active, targeted, group enabled in `control`.
  let candidates = Words<UInt32>(repeating: 0, count: planes)
  /// For each PE, the words of `candidates` that are not zero.
  var candidateSummary = InlineArray<8, UInt32>(repeating: 0)

  /// First INTID that is not implemented, as far as it is known.
  var implementedLimit = intidLimit
  /// Both groups are forwarded as soon as one is enabled.
  let forwardsTogether: Bool

  init(forwardsTogether: Bool) {
    self.forwardsTogether = forwardsTogether
    for pe in 0..<Self.peLimit {
      // SGIs are always edge-triggered (IHI 0048B, 4.3.13).
      edge[pe] = 0xFFFF
      knownEdge[pe] = 0xFFFF
    }
  }

  // MARK: Places

  /// Place of a word's configuration.
  @inline(__always)
  static func row(_ pe: Int, _ word: Int) -> Int { word == 0 ? pe : 7 &+ word }

  /// Place of a word's state on a PE.
  @inline(__always)
  static func plane(_ pe: Int, _ word: Int) -> Int { pe &<< 5 | word }

  /// Place of an interrupt's priority.
  @inline(__always)
  static func priorityIndex(_ pe: Int, _ intid: Int) -> Int { intid < 32 ? pe &<< 5 | intid : 256 &+ intid }

  /// Whether an interrupt is in Group 1.
  @inline(__always)
  func isGroup1(_ pe: Int, _ intid: Int) -> Bool { group[Self.row(pe, intid &>> 5)].bit(intid & 31) }

  /// Whether an interrupt is pending as a PE sees it: latched, or level-sensitive with its line high.
  @inline(__always)
  func isPending(_ pe: Int, _ intid: Int) -> Bool {
    let (row, word) = (Self.row(pe, intid &>> 5), intid &>> 5)
    return (latch[Self.plane(pe, word)] | (level[row] & ~edge[row])).bit(intid & 31)
  }

  /// Interrupts of a word that are pending: an SPI that is so on any PE.
  @inline(__always)
  func pendingWord(_ pe: Int, _ word: Int) -> UInt32 {
    let row = Self.row(pe, word)
    return stateWord(latch, pe, word) | (level[row] & ~edge[row])
  }

  /// A word of latches or active states: of SPIs those that are set on any PE.
  @inline(__always)
  func stateWord(_ state: borrowing Words<UInt32>, _ pe: Int, _ word: Int) -> UInt32 {
    guard word != 0 else { return state[Self.plane(pe, 0)] }
    var bits: UInt32 = 0
    for pe in 0..<Self.peLimit { bits |= state[Self.plane(pe, word)] }
    return bits
  }

  // MARK: Candidates

  /// Interrupts of a word that `GICD_CTLR` forwards (IHI 0048B, 4.3.1).
  @inline(__always)
  func forwarded(_ group: UInt32) -> UInt32 {
    if forwardsTogether { return control & 0b11 != 0 ? .max : 0 }
    return (control & 1 != 0 ? ~group : 0) | (control & 2 != 0 ? group : 0)
  }

  /// What `candidates` must hold for a PE and a word.
  @inline(__always)
  func candidateWord(_ pe: Int, _ word: Int) -> UInt32 {
    let (row, plane) = (Self.row(pe, word), Self.plane(pe, word))
    let targeted = word == 0 ? UInt32.max : targeted[plane]
    return (latch[plane] | (level[row] & ~edge[row])) & enabled[row] & ~active[plane] & targeted
      & forwarded(group[row])
  }

  /// Recomputes one word of a PE's candidates. Returns whether it changed.
  @inline(__always)
  mutating func refresh(_ pe: Int, _ word: Int) -> Bool {
    let plane = Self.plane(pe, word)
    let bits = candidateWord(pe, word)
    guard bits != candidates[plane] else { return false }
    candidates[plane] = bits
    candidateSummary[pe].setBit(word, to: bits != 0)
    return true
  }
}
