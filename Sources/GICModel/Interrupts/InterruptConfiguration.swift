import InterruptTrace

/// How one SGI, PPI or SPI is configured, as far as the capture has shown or written it.
///
/// For whoever drives the controller from above: a hypervisor decides by these what it delivers to which vCPU.
public struct InterruptConfiguration: Equatable, Sendable {
  /// Whether it is enabled; nil if not known.
  public var isEnabled: Bool?
  /// Its priority; nil if not known.
  public var priority: UInt8?
  /// Whether it is in Group 1; nil if not known.
  public var isGroup1: Bool?
  /// Whether it is edge-triggered; nil if not known.
  public var isEdge: Bool?
  /// The PE that an SPI goes to; nil if not known, ``PE/none`` if no single PE is named.
  public var target: UInt32?
  /// Whether the Distributor forwards the interrupt's group; nil if `GICD_CTLR` is not known.
  public var isForwarded: Bool?

  /// Nothing known.
  public init() {}
}

extension InterruptController where Self: ~Copyable {
  /// What is known of an interrupt's configuration; `enable` is the bit of `GICD_CTLR` that forwards its group.
  func configuration(intid: Int, pe: Int, enable: UInt32, of control: Learned<UInt32>) -> InterruptConfiguration {
    var result = InterruptConfiguration()
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    if bank.pointee.enabled.knows(bit) { result.isEnabled = bank.pointee.enabled[bit] }
    if bank.pointee.knownPriority.bit(bit) { result.priority = bank.pointee.priority[bit] }
    if bank.pointee.group.knows(bit) { result.isGroup1 = bank.pointee.group[bit] }
    if bank.pointee.edge.knows(bit) { result.isEdge = bank.pointee.edge[bit] }
    if INTID.isBanked(intid) || bank.pointee.knownTarget.bit(bit) { result.target = reportedPE(pe, intid) }
    if control.known & enable != 0 { result.isForwarded = control.value & enable != 0 }
    return result
  }
}
