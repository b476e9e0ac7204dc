import InterruptTrace

/// How a hypervisor chooses which virtual interrupts go into the list registers when there are more of them than list
/// registers, and which maintenance interrupts it asks for.
@frozen public enum ListRegisterPolicy: String, Sendable, CaseIterable {
  /// KVM in Linux up to 6.18. Active interrupts come first and are never pushed out; the list is sorted only if it does not
  /// fit or holds an SGI with several sources; the only maintenance interrupt asked for is underflow.
  case kvmLegacy = "kvm-legacy"
  /// KVM in Linux from 6.19. Pending interrupts come first, active ones may be pushed out, and their ends are counted by
  /// EOIcount or trapped; maintenance interrupts tell of ends, of nothing left pending and of groups that the guest
  /// switches.
  case kvmOverflow = "kvm-overflow"
}

extension ListRegisterPolicy {
  /// The policy of the kernel that a capture names, or nil if it names none.
  public init?(_ topology: Topology) {
    guard let release = topology[.kernelRelease] else { return nil }
    self = release >= Topology.KernelRelease(6, 19) ? .kvmOverflow : .kvmLegacy
  }
}

/// The layout of a list register.
@frozen public enum ListRegisterFormat: Sendable {
  /// `GICH_LR<n>`, 32 bits (IHI 0048B, 5.3.8): five bits of priority, up to 64 registers.
  case gich
  /// `ICH_LR<n>_EL2`, 64 bits (IHI 0069H, 12.4.6): eight bits of priority, up to 16 registers.
  case ich

  /// The most list registers that the architecture has.
  @inlinable public var maximum: Int { self == .gich ? 64 : 16 }
}

/// What of the vCPU and of its VM decides how list registers are filled, beside the interrupts themselves.
@frozen public struct ListRegisterSetting: BitwiseCopyable, Equatable, Sendable {
  /// Who chooses.
  public var policy: ListRegisterPolicy
  /// The layout, which is that of the host's controller.
  public var format: ListRegisterFormat
  /// How many list registers there are.
  public var count: Int
  /// The guest sees a GICv2, in which an SGI has a source.
  public var hasGICv2Guest: Bool
  /// The guest enabled Group 0 (VMCR).
  public var enablesGroup0 = true
  /// The guest enabled Group 1 (VMCR).
  public var enablesGroup1 = true
  /// The host can trap `ICV_DIR_EL1` alone (`ICH_VTR_EL2.TDS`).
  public var trapsDeactivationAlone = true
  /// Some SPI of the VM is on a vCPU's list, so that another vCPU may deactivate it.
  public var hasActiveSPI = false

  /// A setting with both groups enabled. `count` is held within 1 and the format's maximum.
  @inlinable
  public init(policy: ListRegisterPolicy, format: ListRegisterFormat, count: Int, hasGICv2Guest: Bool = false) {
    self.policy = policy
    self.format = format
    self.count = min(max(count, 1), format.maximum)
    self.hasGICv2Guest = hasGICv2Guest
  }
}

/// Bits of `GICH_HCR` and `ICH_HCR_EL2` that a policy sets; both registers have them in the same places.
@frozen public struct HypervisorControlBits: OptionSet, BitwiseCopyable, Hashable, Sendable {
  /// The register's low bits.
  public var rawValue: UInt32
  /// Any combination.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// En: the virtual CPU interface works.
  @inlinable public static var enable: Self { .init(rawValue: 1 << 0) }
  /// UIE: maintenance when at most one list register is valid.
  @inlinable public static var underflow: Self { .init(rawValue: 1 << 1) }
  /// LRENPIE: maintenance when an end hit no list register.
  @inlinable public static var entryNotPresent: Self { .init(rawValue: 1 << 2) }
  /// NPIE: maintenance when no list register is pending.
  @inlinable public static var noPending: Self { .init(rawValue: 1 << 3) }

  /// Whether the hypervisor asks to be told when list registers are free: it has more interrupts than they hold.
  @inlinable public var asksForRegisters: Bool { !isDisjoint(with: [.underflow, .noPending, .entryNotPresent]) }
  /// VGrp0EIE: maintenance while the guest has Group 0 enabled.
  @inlinable public static var group0Enabled: Self { .init(rawValue: 1 << 4) }
  /// VGrp0DIE: maintenance while the guest has Group 0 disabled.
  @inlinable public static var group0Disabled: Self { .init(rawValue: 1 << 5) }
  /// VGrp1EIE: maintenance while the guest has Group 1 enabled.
  @inlinable public static var group1Enabled: Self { .init(rawValue: 1 << 6) }
  /// VGrp1DIE: maintenance while the guest has Group 1 disabled.
  @inlinable public static var group1Disabled: Self { .init(rawValue: 1 << 7) }
  /// vSGIEOICount (GICv4.1): ends of SGIs are not counted.
  @inlinable public static var ignoresEndOfSGI: Self { .init(rawValue: 1 << 8) }
  /// TDIR: the guest's deactivations trap.
  @inlinable public static var trapsDeactivation: Self { .init(rawValue: 1 << 14) }
}
