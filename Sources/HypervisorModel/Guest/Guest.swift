import InterruptTrace

/// One virtual machine under KVM's VGIC.
///
/// Used by one thread, and no access to a property lasts while another starts: without the checks of that at run time a
/// capture is followed in four fifths of the instructions.
final class Guest {
  let domain: UInt16
  let options: HypervisorOptions
  let distributor: GuestDistributor
  @exclusivity(unchecked) var vcpus: [GuestVCPU] = []
  @exclusivity(unchecked) var interrupts: [GuestInterrupt] = []
  @exclusivity(unchecked) private var places = InterruptPlaces()
  @exclusivity(unchecked) var fill = ListRegisterFill()
  @exclusivity(unchecked) var scratch: UnsafeMutableBufferPointer<QueuedInterrupt> = .allocate(capacity: 64)
  weak var witness: (any ListRegisterWitness)?
  var onEntry: ((EntryPrediction) -> Void)?

  /// How long the guest runs, about, when it handles what an entry gave it and waits again; 0 if it never did.
  var handlingTime: UInt64 = 0

  // MARK: Counts

  var entries: UInt64 = 0
  /// Entries at which something about the list registers is a guess.
  var undecidedEntries: UInt64 = 0
  var overflows: UInt64 = 0
  var maintenanceRequests: UInt64 = 0
  /// Entries by the number of list registers used.
  @exclusivity(unchecked) var occupancy = [UInt64](repeating: 0, count: 65)
  /// How often a state was found by each rule.
  @exclusivity(unchecked) var rules = [UInt64](repeating: 0, count: InferenceRule.allCases.count)
  /// Injections that changed nothing: of a line that had the level already, of an edge that fell.
  var ignoredInjections: UInt64 = 0

  private static let vcpuLimit: UInt32 = 4096

  init(domain: UInt16, topology: Topology, options: HypervisorOptions) {
    self.domain = domain
    self.options = options
    distributor = GuestDistributor(domain: domain, topology: topology)
  }

  deinit { scratch.deallocate() }

  var isGICv2: Bool { distributor.isGICv2 ?? (options.format == .gich) }

  var setting: ListRegisterSetting {
    let isV2 = isGICv2
    return ListRegisterSetting(
      policy: options.policy, format: options.format ?? (isV2 ? .gich : .ich), count: options.listRegisters,
      hasGICv2Guest: isV2)
  }

  /// Whether the vCPU exists; it is added if it can.
  func holds(_ vcpu: UInt32) -> Bool {
    guard vcpu < Self.vcpuLimit else { return false }
    while vcpus.count <= Int(vcpu) { vcpus.append(GuestVCPU()) }
    return true
  }

  /// The place of an interrupt; it is added if it is new, with KVM's configuration after reset.
  func place(_ intid: UInt32, vcpu: UInt32) -> Int {
    if let place = places[intid, vcpu: vcpu] { return place }
    var queued = QueuedInterrupt(intid: intid)
    if isGICv2 { queued.traits.remove(.group1) }
    if INTID.isPPI(intid) { queued.traits.insert(.level) }
    let target: Int32 = INTID.isBanked(intid) || INTID.isLPI(intid) ? Int32(vcpu) : 0
    places[intid, vcpu: vcpu] = interrupts.count
    interrupts.append(GuestInterrupt(queued: queued, target: target))
    return interrupts.count - 1
  }

  /// The place of an interrupt that is known already, or nil.
  func knownPlace(_ intid: UInt32, vcpu: UInt32) -> Int? { places[intid, vcpu: vcpu] }

  /// Brings an interrupt's configuration up to date with the guest's Distributor. What is not known stays as it was: KVM's
  /// value after reset, which is what Linux leaves it at.
  func refresh(_ place: Int, vcpu: UInt32) {
    guard interrupts[place].configuration != distributor.changes else { return }
    interrupts[place].configuration = distributor.changes
    let intid = interrupts[place].queued.intid
    guard INTID.isBasic(intid) else { return }
    let known = distributor.configuration(intid: intid, vcpu: vcpu)
    if let value = known.priority { interrupts[place].queued.priority = value }
    if let value = known.isEnabled { interrupts[place].queued.traits.set(.enabled, to: value) }
    if let value = known.isGroup1 { interrupts[place].queued.traits.set(.group1, to: value) }
    if let value = known.isEdge, !interrupts[place].queued.traits.contains(.hardware) {
      interrupts[place].queued.traits.set(.level, to: !value)
    }
    if let value = known.isForwarded { interrupts[place].isForwarded = value }
    if !INTID.isBanked(intid), let target = known.target, target != PE.none, holds(target) {
      interrupts[place].target = Int32(target)
    }
  }
}

extension QueuedInterrupt.Traits {
  /// Sets or clears one trait.
  @inline(__always) mutating func set(_ trait: Self, to value: Bool) {
    if value { insert(trait) } else { remove(trait) }
  }
}
