/// What a host's controller lets KVM give its guests (`KVM_CREATE_DEVICE`).
public struct HostController: Equatable, Sendable {
  /// The architecture version of the host's controller.
  public enum Version: Sendable, CaseIterable {
    /// GICv2: `GICH_*` and `GICV_*`.
    case v2
    /// GICv3: `ICH_*` and `ICV_*`.
    case v3
    /// GICv4: as GICv3, and virtual LPIs that reach a guest without its hypervisor.
    case v4
  }

  /// The controller that a guest sees.
  public enum GuestVersion: Sendable, CaseIterable {
    /// `KVM_DEV_TYPE_ARM_VGIC_V2`.
    case v2
    /// `KVM_DEV_TYPE_ARM_VGIC_V3`, with `KVM_DEV_TYPE_ARM_VGIC_ITS` or without.
    case v3
  }

  /// The architecture version.
  public var version: Version
  /// A GICv3 or GICv4 that also has `GICV_*`, so that a guest may use it.
  public var hasGICV: Bool

  /// A controller; a GICv2 always has `GICV_*`.
  public init(_ version: Version, hasGICV: Bool = false) {
    self.version = version
    self.hasGICV = hasGICV || version == .v2
  }

  /// How a guest with this controller is run; nil if it cannot be.
  public func support(_ guest: GuestVersion) -> GuestSupport? {
    switch (version, guest) {
    case (.v2, .v2): GuestSupport(format: .gich, vcpuLimit: 8, injectsDirectly: false)
    case (.v2, .v3): nil
    case (.v3, .v2), (.v4, .v2): hasGICV ? GuestSupport(format: .ich, vcpuLimit: 8, injectsDirectly: false) : nil
    case (.v3, .v3): GuestSupport(format: .ich, vcpuLimit: 512, injectsDirectly: false)
    case (.v4, .v3): GuestSupport(format: .ich, vcpuLimit: 512, injectsDirectly: true)
    }
  }
}

/// How a guest is run on a host.
public struct GuestSupport: Equatable, Sendable {
  /// The layout of the list registers that KVM writes.
  public var format: ListRegisterFormat
  /// The most vCPUs.
  public var vcpuLimit: Int
  /// LPIs of passed-through devices may reach the guest without an exit.
  public var injectsDirectly: Bool
}
