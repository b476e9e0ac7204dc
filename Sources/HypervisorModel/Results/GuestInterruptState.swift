/// One interrupt of a guest as the hypervisor keeps it, as far as the capture shows or decides it.
public struct GuestInterruptState: Equatable, Sendable {
  /// The interrupt.
  public var intid: UInt32
  /// The vCPU of an SGI or PPI, or the one that another goes to; nil if not known.
  public var target: UInt32?
  /// Whether it is enabled; nil if not known.
  public var isEnabled: Bool?
  /// Whether the Distributor forwards its group; nil if not known.
  public var isForwarded: Bool?
  /// Its priority; nil if not known.
  public var priority: UInt8?
  /// Whether it is in Group 1; nil if not known.
  public var isGroup1: Bool?
  /// Whether it is edge-triggered; nil if not known.
  public var isEdge: Bool?
  /// Whether it is pending; nil if nothing decides it.
  public var isPending: Bool?
  /// Whether it is active; nil if nothing decides it.
  public var isActive: Bool?
  /// The vCPU on whose list of pending and active interrupts it is; nil for none.
  public var listedOn: UInt32?
  /// Its list register, while the vCPU is in its guest; nil for none.
  public var register: Int?
  /// The rule by which its state is what it is.
  public var rule: InferenceRule
}
