@testable import HypervisorModel

typealias Traits = QueuedInterrupt.Traits

/// Interrupts as tests write them: enabled, deliverable and in Group 1.
func irq(_ intid: UInt32, _ traits: Traits, priority: UInt8 = 0xA0, physical: UInt16 = 0) -> QueuedInterrupt {
  QueuedInterrupt(
    intid: intid, priority: priority, traits: traits.union([.enabled, .deliverable, .group1]), physicalINTID: physical)
}

/// A GICv2 guest's SGI, pending from `sources`.
func sgi(_ intid: UInt32, from sources: UInt8, active: UInt8? = nil, priority: UInt8 = 0xA0) -> QueuedInterrupt {
  var result = irq(intid, sources == 0 ? [] : .latched, priority: priority)
  result.traits.remove(.group1)
  result.sources = sources
  if let active {
    result.isActive = true
    result.activeSource = active
  }
  return result
}

/// The outcome of one fill, with the list as it is afterwards.
struct Filled {
  var outcome: ListRegisterOutcome
  var values: [ListRegisterValue]
  var list: [QueuedInterrupt]
  /// The INTIDs in the list registers, in order.
  var intids: [UInt32]

  init(_ list: [QueuedInterrupt], _ setting: ListRegisterSetting) {
    var fill = ListRegisterFill()
    var list = list
    let outcome = list.withUnsafeMutableBufferPointer { fill.fill($0, setting) }
    var values: [ListRegisterValue] = []
    for n in 0..<outcome.loaded { values.append(ListRegisterValue(fill.value(n), setting.format)) }
    self.outcome = outcome
    self.values = values
    self.list = list
    intids = values.map { $0.intid(hasGICv2Guest: setting.hasGICv2Guest) }
  }
}

extension ListRegisterSetting {
  static func legacy(_ count: Int = 4, v2: Bool = false) -> Self {
    Self(policy: .kvmLegacy, format: v2 ? .gich : .ich, count: count, hasGICv2Guest: v2)
  }
  static func overflow(_ count: Int = 4, v2: Bool = false) -> Self {
    Self(policy: .kvmOverflow, format: v2 ? .gich : .ich, count: count, hasGICv2Guest: v2)
  }
}
