/// A system register of the CPU interface. Numbers are ours and stable; ``encoding`` gives the architecture's.
///
/// An access that `HCR_EL2.IMO` or `.FMO` redirects to the virtual CPU interface is a different register here
/// (`ICV_*`), although software names both `ICC_*` (IHI 0069H, 12.2 and 12.3).
@frozen public struct SystemRegister: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt16
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Distance from a physical register to its virtual counterpart.
  @inlinable public static var virtualOffset: UInt16 { 64 }

  // Physical CPU interface: 0 to 63.
  /// Interrupt acknowledge, Group 0 (physical CPU interface).
  @inlinable public static var ICC_IAR0_EL1: Self { .init(rawValue: 0) }
  /// Interrupt acknowledge, Group 1 (physical CPU interface).
  @inlinable public static var ICC_IAR1_EL1: Self { .init(rawValue: 1) }
  /// End of interrupt, Group 0 (physical CPU interface).
  @inlinable public static var ICC_EOIR0_EL1: Self { .init(rawValue: 2) }
  /// End of interrupt, Group 1 (physical CPU interface).
  @inlinable public static var ICC_EOIR1_EL1: Self { .init(rawValue: 3) }
  /// Highest priority pending interrupt, Group 0 (physical CPU interface).
  @inlinable public static var ICC_HPPIR0_EL1: Self { .init(rawValue: 4) }
  /// Highest priority pending interrupt, Group 1 (physical CPU interface).
  @inlinable public static var ICC_HPPIR1_EL1: Self { .init(rawValue: 5) }
  /// Deactivate interrupt (physical CPU interface).
  @inlinable public static var ICC_DIR_EL1: Self { .init(rawValue: 6) }
  /// Running priority (physical CPU interface).
  @inlinable public static var ICC_RPR_EL1: Self { .init(rawValue: 7) }
  /// Interrupt priority mask (physical CPU interface).
  @inlinable public static var ICC_PMR_EL1: Self { .init(rawValue: 8) }
  /// Binary point, Group 0 (physical CPU interface).
  @inlinable public static var ICC_BPR0_EL1: Self { .init(rawValue: 9) }
  /// Binary point, Group 1 (physical CPU interface).
  @inlinable public static var ICC_BPR1_EL1: Self { .init(rawValue: 10) }
  /// Control (physical CPU interface).
  @inlinable public static var ICC_CTLR_EL1: Self { .init(rawValue: 11) }
  /// Group enable, Group 0 (physical CPU interface).
  @inlinable public static var ICC_IGRPEN0_EL1: Self { .init(rawValue: 12) }
  /// Group enable, Group 1 (physical CPU interface).
  @inlinable public static var ICC_IGRPEN1_EL1: Self { .init(rawValue: 13) }
  /// Non-maskable interrupt acknowledge (physical CPU interface).
  @inlinable public static var ICC_NMIAR1_EL1: Self { .init(rawValue: 14) }
  /// The first of four active priorities registers, Group 0 (physical CPU interface).
  @inlinable public static var ICC_AP0R0_EL1: Self { .init(rawValue: 16) }
  /// The first of four active priorities registers, Group 1 (physical CPU interface).
  @inlinable public static var ICC_AP1R0_EL1: Self { .init(rawValue: 20) }
  /// SGI generation, Group 0 (physical CPU interface).
  @inlinable public static var ICC_SGI0R_EL1: Self { .init(rawValue: 24) }
  /// SGI generation, Group 1 (physical CPU interface).
  @inlinable public static var ICC_SGI1R_EL1: Self { .init(rawValue: 25) }
  /// SGI generation for the other Security state (physical CPU interface).
  @inlinable public static var ICC_ASGI1R_EL1: Self { .init(rawValue: 26) }
  /// System register enable (physical CPU interface).
  @inlinable public static var ICC_SRE_EL1: Self { .init(rawValue: 27) }
  /// System register enable (physical CPU interface).
  @inlinable public static var ICC_SRE_EL2: Self { .init(rawValue: 28) }
  /// System register enable (physical CPU interface).
  @inlinable public static var ICC_SRE_EL3: Self { .init(rawValue: 29) }
  /// Control (physical CPU interface).
  @inlinable public static var ICC_CTLR_EL3: Self { .init(rawValue: 30) }
  /// Group enable, Group 1 (physical CPU interface).
  @inlinable public static var ICC_IGRPEN1_EL3: Self { .init(rawValue: 31) }

  // Virtual CPU interface: the same numbers plus 64.
  /// Interrupt acknowledge, Group 0 (virtual CPU interface).
  @inlinable public static var ICV_IAR0_EL1: Self { .init(rawValue: 64) }
  /// Interrupt acknowledge, Group 1 (virtual CPU interface).
  @inlinable public static var ICV_IAR1_EL1: Self { .init(rawValue: 65) }
  /// End of interrupt, Group 0 (virtual CPU interface).
  @inlinable public static var ICV_EOIR0_EL1: Self { .init(rawValue: 66) }
  /// End of interrupt, Group 1 (virtual CPU interface).
  @inlinable public static var ICV_EOIR1_EL1: Self { .init(rawValue: 67) }
  /// Highest priority pending interrupt, Group 0 (virtual CPU interface).
  @inlinable public static var ICV_HPPIR0_EL1: Self { .init(rawValue: 68) }
  /// Highest priority pending interrupt, Group 1 (virtual CPU interface).
  @inlinable public static var ICV_HPPIR1_EL1: Self { .init(rawValue: 69) }
  /// Deactivate interrupt (virtual CPU interface).
  @inlinable public static var ICV_DIR_EL1: Self { .init(rawValue: 70) }
  /// Running priority (virtual CPU interface).
  @inlinable public static var ICV_RPR_EL1: Self { .init(rawValue: 71) }
  /// Interrupt priority mask (virtual CPU interface).
  @inlinable public static var ICV_PMR_EL1: Self { .init(rawValue: 72) }
  /// Binary point, Group 0 (virtual CPU interface).
  @inlinable public static var ICV_BPR0_EL1: Self { .init(rawValue: 73) }
  /// Binary point, Group 1 (virtual CPU interface).
  @inlinable public static var ICV_BPR1_EL1: Self { .init(rawValue: 74) }
  /// Control (virtual CPU interface).
  @inlinable public static var ICV_CTLR_EL1: Self { .init(rawValue: 75) }
  /// Group enable, Group 0 (virtual CPU interface).
  @inlinable public static var ICV_IGRPEN0_EL1: Self { .init(rawValue: 76) }
  /// Group enable, Group 1 (virtual CPU interface).
  @inlinable public static var ICV_IGRPEN1_EL1: Self { .init(rawValue: 77) }
  /// Non-maskable interrupt acknowledge (virtual CPU interface).
  @inlinable public static var ICV_NMIAR1_EL1: Self { .init(rawValue: 78) }
  /// The first of four active priorities registers, Group 0 (virtual CPU interface).
  @inlinable public static var ICV_AP0R0_EL1: Self { .init(rawValue: 80) }
  /// The first of four active priorities registers, Group 1 (virtual CPU interface).
  @inlinable public static var ICV_AP1R0_EL1: Self { .init(rawValue: 84) }

  // Hypervisor control: from 128.
  /// Hypervisor control (virtual interface control).
  @inlinable public static var ICH_HCR_EL2: Self { .init(rawValue: 128) }
  /// VGIC type (virtual interface control).
  @inlinable public static var ICH_VTR_EL2: Self { .init(rawValue: 129) }
  /// Maintenance interrupt status (virtual interface control).
  @inlinable public static var ICH_MISR_EL2: Self { .init(rawValue: 130) }
  /// End of interrupt status (virtual interface control).
  @inlinable public static var ICH_EISR_EL2: Self { .init(rawValue: 131) }
  /// Empty list register status (virtual interface control).
  @inlinable public static var ICH_ELRSR_EL2: Self { .init(rawValue: 132) }
  /// Virtual machine control (virtual interface control).
  @inlinable public static var ICH_VMCR_EL2: Self { .init(rawValue: 133) }
  /// The first of four active priorities registers, Group 0 (virtual interface control).
  @inlinable public static var ICH_AP0R0_EL2: Self { .init(rawValue: 136) }
  /// The first of four active priorities registers, Group 1 (virtual interface control).
  @inlinable public static var ICH_AP1R0_EL2: Self { .init(rawValue: 140) }
  /// The first of sixteen 64-bit list registers.
  @inlinable public static var ICH_LR0_EL2: Self { .init(rawValue: 144) }
  /// The first of sixteen AArch32 low halves.
  @inlinable public static var ICH_LR0: Self { .init(rawValue: 160) }
  /// The first of sixteen AArch32 high halves.
  @inlinable public static var ICH_LRC0: Self { .init(rawValue: 176) }

  /// The register `n` places after this one: `ICH_LR0_EL2[3]` is `ICH_LR3_EL2`.
  @inlinable public subscript(n: Int) -> SystemRegister { .init(rawValue: rawValue &+ UInt16(truncatingIfNeeded: n)) }
}

extension SystemRegister {
  /// Every register that is known, in the order of its number.
  public static let all: [SystemRegister] = (0..<192).map { SystemRegister(rawValue: $0) }.filter { $0.isKnown }

  private static let baseNames = [
    "IAR0", "IAR1", "EOIR0", "EOIR1", "HPPIR0", "HPPIR1", "DIR", "RPR", "PMR", "BPR0", "BPR1", "CTLR",
    "IGRPEN0", "IGRPEN1", "NMIAR1", "", "AP0R0", "AP0R1", "AP0R2", "AP0R3", "AP1R0", "AP1R1", "AP1R2", "AP1R3",
  ]

  private static let physicalOnlyNames = [
    "ICC_SGI0R_EL1", "ICC_SGI1R_EL1", "ICC_ASGI1R_EL1", "ICC_SRE_EL1", "ICC_SRE_EL2", "ICC_SRE_EL3",
    "ICC_CTLR_EL3", "ICC_IGRPEN1_EL3",
  ]

  private static let hypervisorNames = [
    "ICH_HCR_EL2", "ICH_VTR_EL2", "ICH_MISR_EL2", "ICH_EISR_EL2", "ICH_ELRSR_EL2", "ICH_VMCR_EL2", "", "",
    "ICH_AP0R0_EL2", "ICH_AP0R1_EL2", "ICH_AP0R2_EL2", "ICH_AP0R3_EL2",
    "ICH_AP1R0_EL2", "ICH_AP1R1_EL2", "ICH_AP1R2_EL2", "ICH_AP1R3_EL2",
  ]

  /// Whether the number names a register.
  public var isKnown: Bool { !name.hasPrefix("sysreg") }

  /// The manual's name.
  public var name: String {
    let n = Int(rawValue)
    let found: String
    switch n {
    case 0..<24: found = Self.baseNames[n].isEmpty ? "" : "ICC_\(Self.baseNames[n])_EL1"
    case 24..<32: found = Self.physicalOnlyNames[n - 24]
    case 64..<88: found = Self.baseNames[n - 64].isEmpty ? "" : "ICV_\(Self.baseNames[n - 64])_EL1"
    case 128..<144: found = Self.hypervisorNames[n - 128]
    case 144..<160: found = "ICH_LR\(n - 144)_EL2"
    case 160..<176: found = "ICH_LR\(n - 160)"
    case 176..<192: found = "ICH_LRC\(n - 176)"
    default: found = ""
    }
    return found.isEmpty ? "sysreg\(n)" : found
  }
}
