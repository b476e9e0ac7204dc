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

extension Controller {
  /// The configuration of an SGI or PPI of a PE, or of an SPI. O(1).
  public func configuration(intid: UInt32, pe: UInt32) -> InterruptConfiguration {
    intid < 1020 ? core.configuration(intid: Int(intid), pe: Int(pe)) : InterruptConfiguration()
  }
}

extension GICv3 where Store: ~Copyable {
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration {
    var result = InterruptConfiguration()
    let (word, bit) = (intid >> 5, intid & 31)
    let group: InterruptGroup
    if word == 0 {
      guard pe < peCount else { return result }
      if pes[pe].knownEnabled.bit(bit) { result.isEnabled = pes[pe].enabled.bit(bit) }
      if pes[pe].knownPriority.bit(bit) { result.priority = pes[pe].priority[bit] }
      if pes[pe].knownGroup.bit(bit) { result.isGroup1 = pes[pe].group.bit(bit) }
      if pes[pe].knownEdge.bit(bit) { result.isEdge = pes[pe].edge.bit(bit) }
      result.target = UInt32(pe)
      group = pes[pe].group(of: intid, oneSecurityState: distributor.hasOneSecurityState)
    } else {
      if distributor.knownEnabled[word].bit(bit) { result.isEnabled = distributor.enabled[word].bit(bit) }
      if distributor.knownPriority[word].bit(bit) { result.priority = distributor.priority[intid] }
      if distributor.knownGroup[word].bit(bit) { result.isGroup1 = distributor.group[word].bit(bit) }
      if distributor.knownEdge[word].bit(bit) { result.isEdge = distributor.edge[word].bit(bit) }
      if distributor.knownRoute[word].bit(bit) { result.target = reportedPE(intid) }
      group = distributor.group(of: intid)
    }
    let enable =
      switch group {
      case .group0: Distributor.enableGroup0
      case .group1Secure: Distributor.enableGroup1Secure
      case .group1NonSecure: Distributor.enableGroup1NonSecure
      }
    if distributor.knownControl & enable != 0 { result.isForwarded = distributor.control & enable != 0 }
    return result
  }
}

extension GICv2 {
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration {
    var result = InterruptConfiguration()
    guard pe < GICv2Distributor.peLimit else { return result }
    let (row, bit) = (GICv2Distributor.row(pe, intid >> 5), intid & 31)
    if distributor.knownEnabled[row].bit(bit) { result.isEnabled = distributor.enabled[row].bit(bit) }
    if distributor.knownPriority[row].bit(bit) {
      result.priority = distributor.priority[GICv2Distributor.priorityIndex(pe, intid)]
    }
    if distributor.knownGroup[row].bit(bit) { result.isGroup1 = distributor.isGroup1(pe, intid) }
    if distributor.knownEdge[row].bit(bit) { result.isEdge = distributor.edge[row].bit(bit) }
    if intid < 32 || distributor.knownTargets[row].bit(bit) { result.target = reportedPE(pe, intid) }
    let enable: UInt32 = distributor.isGroup1(pe, intid) ? 2 : 1
    if distributor.knownControl & enable != 0 { result.isForwarded = distributor.control & enable != 0 }
    return result
  }
}
