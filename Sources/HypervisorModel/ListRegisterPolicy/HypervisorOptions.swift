/// How a hypervisor is to be modelled where the capture does not say.
public struct HypervisorOptions: Sendable {
  /// How it chooses list registers; nil for what its kernel does, which is taken for one before Linux 6.19 if the capture
  /// does not name its release.
  public var policy: ListRegisterPolicy?
  /// List registers of each PE; Arm's cores have 4.
  public var listRegisters = 4
  /// The layout of the host's list registers; nil for that of the guest's own architecture.
  public var format: ListRegisterFormat?
  /// The defaults.
  public init() {}
}
