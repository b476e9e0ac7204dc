import InterruptTrace

extension GICv3 where Store: ~Copyable {
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration {
    guard pe < peCount || !INTID.isBanked(intid) else { return InterruptConfiguration() }
    let enable = Distributor.enable(group(pe, intid))
    return configuration(intid: intid, pe: pe, enable: enable, of: distributor.control)
  }
}

extension GICv2 {
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration {
    guard pe < GICv2Distributor.peLimit else { return InterruptConfiguration() }
    let enable = GICv2Distributor.enable(group(pe, intid))
    return configuration(intid: intid, pe: pe, enable: enable, of: distributor.control)
  }
}
