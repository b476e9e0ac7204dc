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

  /// An interrupt; what is not given is not known, or not the case.
  public init(
    intid: UInt32, target: UInt32? = nil, isEnabled: Bool? = nil, isForwarded: Bool? = nil, priority: UInt8? = nil,
    isGroup1: Bool? = nil, isEdge: Bool? = nil, isPending: Bool? = nil, isActive: Bool? = nil, listedOn: UInt32? = nil,
    register: Int? = nil, rule: InferenceRule
  ) {
    (self.intid, self.target, self.priority, self.rule) = (intid, target, priority, rule)
    (self.isEnabled, self.isForwarded, self.isGroup1, self.isEdge) = (isEnabled, isForwarded, isGroup1, isEdge)
    (self.isPending, self.isActive, self.listedOn, self.register) = (isPending, isActive, listedOn, register)
  }
}
