import InterruptTrace

/// One virtual machine under KVM's VGIC.
///
/// Used by one thread, and no access to a property lasts while another starts: without the checks of that at run time a
/// capture is followed in four fifths of the instructions.
final class Guest {
  let domain: UInt16
  let options: HypervisorOptions
  /// How the hypervisor chooses list registers.
  var policy: ListRegisterPolicy
  let distributor: GuestDistributor
  @exclusivity(unchecked) var vcpus: [GuestVCPU] = []
  @exclusivity(unchecked) var interrupts: [GuestInterrupt] = []
  @exclusivity(unchecked) private var places = InterruptPlaces()
  @exclusivity(unchecked) var fill = ListRegisterFill()
  @exclusivity(unchecked) var scratch: UnsafeMutableBufferPointer<QueuedInterrupt> = .allocate(capacity: 64)
  weak var witness: (any ListRegisterWitness)?
  var onEntry: ((EntryPrediction) -> Void)?
  var onOutcome: ((InferredOutcome) -> Void)?

  /// The capture shows the guest from its start: what no access changed is as KVM leaves it at reset.
  var startIsShown = false
  /// The numbers of the vCPUs, which routes name, are known.
  var numbersAreKnown = true
  /// A guest's interrupt was taken: the Distributor forwards its group.
  var forwards = false
  /// Instructions at which vCPUs come back to wait, and how often they did.
  @exclusivity(unchecked) var waits: [(pc: UInt64, count: Int)] = []
  /// Pending SPIs whose target no event shows.
  @exclusivity(unchecked) var unrouted = PlaceSet()
  /// Places that one step has to tell from others; empty between steps.
  @exclusivity(unchecked) var marked = PlaceSet()
  /// What the CPUs did last.
  let activity: CPUActivity
  private let room: GuestRoom
  /// An interrupt found no room: lists do not have it.
  var isTruncated = false
  /// A probe shows each fill of list registers: an entry for which it shows none has none.
  var showsFills = false
  /// The layout of the list registers that a probe shows.
  var shownFormat: ListRegisterFormat?
  /// A probe shows when a list is pruned.
  var showsPrunes = false
  /// The capture shows the ends of level-sensitive SPIs (`kvm_ack_irq`).
  var showsEnds = false

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

  init(domain: UInt16, topology: Topology, options: HypervisorOptions, activity: CPUActivity, room: GuestRoom) {
    self.domain = domain
    self.room = room
    self.options = options
    policy = options.policy ?? ListRegisterPolicy(topology) ?? .kvmLegacy
    self.activity = activity
    distributor = GuestDistributor(domain: domain, topology: topology)
  }

  /// A copy that goes on by itself; its entries and outcomes are reported to nobody.
  init(copying other: Guest, activity: CPUActivity, room: GuestRoom) {
    (domain, options, policy, self.activity) = (other.domain, other.options, other.policy, activity)
    (self.room, isTruncated) = (room, other.isTruncated)
    distributor = GuestDistributor(copying: other.distributor)
    (vcpus, interrupts, places) = (other.vcpus, other.interrupts, other.places)
    (startIsShown, numbersAreKnown, forwards) = (other.startIsShown, other.numbersAreKnown, other.forwards)
    (waits, unrouted, handlingTime) = (other.waits, other.unrouted, other.handlingTime)
    (showsFills, shownFormat, showsEnds) = (other.showsFills, other.shownFormat, other.showsEnds)
    showsPrunes = other.showsPrunes
    (entries, undecidedEntries, overflows) = (other.entries, other.undecidedEntries, other.overflows)
    (maintenanceRequests, ignoredInjections) = (other.maintenanceRequests, other.ignoredInjections)
    (occupancy, rules) = (other.occupancy, other.rules)
  }

  /// Writes the guest, or reads it into one that was made from the same topology and options.
  func archive(_ archive: inout StateArchive) {
    distributor.archive(&archive)
    archive.each(&vcpus, make: GuestVCPU.init) { $0.archive(&$1) }
    archive.array(&interrupts)
    places.archive(&archive)
    archive.value(&policy)
    archive.value(&startIsShown)
    archive.value(&numbersAreKnown)
    archive.value(&forwards)
    archive.array(&waits)
    unrouted.archive(&archive)
    archive.value(&showsFills)
    archive.value(&shownFormat)
    archive.value(&showsEnds)
    archive.value(&isTruncated)
    archive.value(&showsPrunes)
    archive.value(&handlingTime)
    archiveCounts(&archive)
  }

  private func archiveCounts(_ archive: inout StateArchive) {
    archive.value(&entries)
    archive.value(&undecidedEntries)
    archive.value(&overflows)
    archive.value(&maintenanceRequests)
    archive.array(&occupancy)
    archive.array(&rules)
    archive.value(&ignoredInjections)
  }

  deinit { scratch.deallocate() }

  var isGICv2: Bool { distributor.isGICv2 ?? (options.format == .gich || shownFormat == .gich) }

  var setting: ListRegisterSetting {
    let isV2 = isGICv2
    return ListRegisterSetting(
      policy: policy, format: options.format ?? shownFormat ?? (isV2 ? .gich : .ich),
      count: options.listRegisters, hasGICv2Guest: isV2)
  }

  /// Whether the vCPU exists; it is added if it can.
  func holds(_ vcpu: UInt32) -> Bool {
    vcpu < vcpus.count || vcpu < Self.vcpuLimit && addVCPUs(to: Int(vcpu))
  }

  @inline(never) private func addVCPUs(to last: Int) -> Bool {
    guard room.take(vcpus: last + 1 - vcpus.count) else { return false }
    while vcpus.count <= last { vcpus.append(GuestVCPU()) }
    return true
  }

  /// The place of an interrupt; it is added if it is new, with KVM's configuration after reset. Nil if there are too many.
  func place(_ intid: UInt32, vcpu: UInt32) -> Int? {
    if let place = places[intid, vcpu: vcpu] { return place }
    guard room.takeInterrupt() else {
      isTruncated = true
      return nil
    }
    var queued = QueuedInterrupt(intid: intid)
    if isGICv2 { queued.traits.remove(.group1) }
    if INTID.isPPI(intid) { queued.traits.insert(.level) }
    let target: Int32 = INTID.isBanked(intid) || INTID.isLPI(intid) ? Int32(vcpu) : 0
    var interrupt = GuestInterrupt(queued: queued, target: target)
    if INTID.isSGI(intid) { interrupt.known.insert(.trigger) }
    if INTID.isLPI(intid) { interrupt.known.formUnion([.target, .routed, .trigger, .forwarded]) }
    places[intid, vcpu: vcpu] = interrupts.count
    interrupts.append(interrupt)
    return interrupts.count - 1
  }

  /// The place of an interrupt that is known already, or nil.
  func knownPlace(_ intid: UInt32, vcpu: UInt32) -> Int? { places[intid, vcpu: vcpu] }
}

extension QueuedInterrupt.Traits {
  /// Sets or clears one trait.
  @inline(__always) mutating func set(_ trait: Self, to value: Bool) {
    if value { insert(trait) } else { remove(trait) }
  }
}
