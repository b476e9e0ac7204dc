import InterruptTrace

/// Counts predictions by what was predicted. Its size is fixed; counting is one increment.
struct PredictionLedger: ~Copyable {
  /// Checks that are not register reads.
  enum Observation: Int, CaseIterable {
    case irq, fiq, virq, vfiq, nmi, highestPending, virtualHighestPending
    case deviceTable, collectionTable, interruptTranslationTable, vPETable
    case maintenance, listRegister, commandQueue, sgi, invariant
    case selection, enable

    /// The name that reports show, and what kind of answer it is; in the order of the cases.
    private static let descriptions: [(name: String, kind: PredictionKind)] = [
      ("IRQ", .line), ("FIQ", .line), ("vIRQ", .line), ("vFIQ", .line), ("NMI", .line), ("HPPI", .highestPending),
      ("virtual HPPI", .highestPending), ("DTE", .table), ("CTE", .table), ("ITE", .table), ("VTE", .table),
      ("maintenance interrupt", .maintenance), ("list register", .read), ("command queue offset", .table),
      ("SGI target", .line), ("invariant", .read), ("acknowledge selection", .acknowledge), ("enable change", .read),
    ]

    var description: (name: String, kind: PredictionKind) { Self.descriptions[rawValue] }
  }

  /// The frames whose registers are counted, in the order of their checks; GICv2's Distributor is another than GICv3's.
  private static let frames: [(frame: Frame, architecture: Topology.Architecture)] = [
    (.gicd, .v3), (.gicr, .v3), (.gits, .v3), (.gicc, .v2), (.gicv, .v2), (.gich, .v2), (.gicm, .v2), (.gicd, .v2),
  ]
  private static let systemRegisters = 192
  private static let perFrame = 256

  private let counts: Words<UInt64>

  init() { counts = Words(repeating: 0, count: 4 * Self.checkCount) }
  private init(copying counts: borrowing Words<UInt64>) { self.counts = counts.copy() }

  static var checkCount: Int { systemRegisters + 32 + frames.count * perFrame }

  /// The check of a system register read.
  @inline(__always)
  static func check(_ register: SystemRegister) -> Int { min(Int(register.rawValue), systemRegisters - 1) }

  /// The check of an observation.
  @inline(__always) static func check(_ observation: Observation) -> Int { systemRegisters + observation.rawValue }

  /// The check of a register of a frame; `index` is its place in the frame's map, -1 for a reserved offset.
  @inline(__always) static func check(_ frame: Frame, index: Int) -> Int {
    let slot: Int =
      switch frame {
      case .gicd: 0
      case .gicr: 1
      case .gits: 2
      case .gicc: 3
      case .gicv: 4
      case .gich: 5
      default: 6
      }
    return systemRegisters + 32 + slot * perFrame + (index < 0 ? perFrame - 1 : index)
  }

  /// The check of a register of GICv2's Distributor.
  @inline(__always) static func check(gicv2Distributor index: Int) -> Int {
    systemRegisters + 32 + 7 * perFrame + (index < 0 ? perFrame - 1 : index)
  }

  /// Whether a check is about a virtual CPU interface.
  static func isVirtual(_ check: Int) -> Bool {
    let observations = [Observation.virq, .vfiq, .virtualHighestPending, .maintenance].map { Self.check($0) }
    let memoryMapped = Self.check(.gicv, index: 0)..<Self.check(.gich, index: 0)
    return check >= 64 && check < systemRegisters || observations.contains(check) || memoryMapped.contains(check)
  }

  /// The request lines and their checks.
  static let lineChecks: [(CPULines, Observation)] = [(.irq, .irq), (.fiq, .fiq), (.virq, .virq), (.vfiq, .vfiq)]

  /// Counts one prediction.
  @inline(__always) mutating func count(_ check: Int, _ verdict: Verdict) {
    counts[check &* 4 &+ Int(verdict.rawValue)] &+= 1
  }

  /// Counts a prediction that failed as one that had more than one answer open.
  mutating func excuse(_ check: Int) {
    counts[check * 4 + Int(Verdict.disagreed.rawValue)] -= 1
    count(check, .unknown)
  }

  func copy() -> PredictionLedger { PredictionLedger(copying: counts) }

  /// Writes or reads the counts.
  func archive(_ archive: inout StateArchive) { counts.archive(&archive) }

  private static let checks = (0..<checkCount).map { description(of: $0) }

  /// A check's name and kind.
  static func describe(_ check: Int) -> (name: String, kind: PredictionKind) {
    checks.indices.contains(check) ? checks[check] : description(of: check)
  }

  private static func description(of check: Int) -> (name: String, kind: PredictionKind) {
    if check < systemRegisters {
      let register = SystemRegister(rawValue: UInt16(check))
      let isAcknowledge = register.name.contains("IAR")
      return (register.name, isAcknowledge ? .acknowledge : .read)
    }
    if check < systemRegisters + 32 {
      guard let observation = Observation(rawValue: check - systemRegisters) else { return ("check\(check)", .read) }
      return observation.description
    }
    guard let name = register(check)?.name else {
      return ("\(frames[min((check - systemRegisters - 32) / perFrame, frames.count - 1)].frame.name) reserved", .read)
    }
    return (name, name.hasSuffix("IAR") ? .acknowledge : .read)
  }

  /// The memory-mapped register that a check is about; nil if it is about another answer, or a reserved offset.
  static func register(_ check: Int) -> RegisterDescription? {
    let place = check - systemRegisters - 32
    guard place >= 0 else { return nil }
    let (frame, architecture) = frames[min(place / perFrame, frames.count - 1)]
    guard let map = RegisterMap.of(frame, architecture), place % perFrame < map.registers.count else { return nil }
    return map.registers[place % perFrame]
  }

  /// Every check that was made, in a fixed order.
  func report() -> [PredictionCount] {
    (0..<Self.checkCount).compactMap { check in
      let (name, kind) = Self.describe(check)
      func count(_ verdict: Verdict) -> UInt64 { counts[check * 4 + Int(verdict.rawValue)] }
      let result = PredictionCount(
        name: name, kind: kind, agreed: count(.agreed), disagreed: count(.disagreed), taught: count(.taught),
        unknown: count(.unknown))
      return result.isEmpty ? nil : result
    }
  }
}
