import GICModel
import InterruptTrace

/// A guest's Distributor, Redistributors and ITS: the same model as the physical controller's, fed with what trapped.
///
/// Whether it is a GICv2 or a GICv3 shows with the first access that only one of them has; accesses before that wait.
final class GuestDistributor {
  private var controller: Controller?
  private var waiting: [Event] = []
  private var addresses: GuestAddresses
  private let domain: UInt16
  /// What was known of the machine as the guest's first event came.
  let topology: Topology
  private var buffer = TransitionBuffer(capacity: 4)
  /// Nil as long as nothing tells.
  private(set) var isGICv2: Bool?
  /// Counts accesses that may change how interrupts are configured.
  @exclusivity(unchecked) private(set) var changes: UInt32 = 1
  private static let waitingLimit = 4096

  init(domain: UInt16, topology: Topology) {
    self.domain = domain
    self.topology = topology
    addresses = GuestAddresses(topology, domain: domain)
    if let version = topology[.architecture, domain: domain] { choose(version == .v2) }
  }

  /// One that goes on by itself from where another is.
  init(copying other: GuestDistributor) {
    (domain, topology, addresses) = (other.domain, other.topology, other.addresses)
    (waiting, isGICv2, changes) = (other.waiting, other.isGICv2, other.changes)
    if other.controller != nil { controller = other.controller!.copy() }
  }

  /// Writes it, or reads it into one that was made from the same topology.
  func archive(_ archive: inout StateArchive) {
    archive.value(&addresses)
    archive.array(&waiting)
    archive.value(&isGICv2)
    let hasController = archive.number(controller == nil ? 0 : 1) == 1
    if archive.isReading, hasController { choose(isGICv2 ?? false) }
    if controller != nil { controller!.archive(&archive) }
    archive.value(&changes)
  }

  /// Whether accesses to what configures an interrupt are recognised.
  func isLocated(_ intid: UInt32) -> Bool {
    controller != nil && addresses.holdDistributor
      && (!INTID.isBanked(intid) || isGICv2 == true || addresses.holdRedistributors)
  }

  /// Accesses may be missing: nothing is known any more but which controller it is.
  func forget() {
    changes &+= 1
    waiting.removeAll()
    if let isGICv2 { choose(isGICv2) }
  }

  /// The interrupt that a trapped write of `GICC_DIR` ends (Linux from 6.19); nil of any other access.
  func deactivation(_ event: Event) -> UInt32? {
    isGICv2 == true && addresses.isDeactivation(event) ? UInt32(truncatingIfNeeded: event.b & 0x3FF) : nil
  }

  /// What was predicted of the guest's register reads.
  var predictions: [PredictionCount] { controller?.predictions ?? [] }

  /// The configuration of an interrupt, as far as known.
  func configuration(intid: UInt32, vcpu: UInt32) -> InterruptConfiguration {
    controller?.configuration(intid: intid, pe: vcpu) ?? InterruptConfiguration()
  }

  /// Takes in an access, an MSI or a command of the guest; `body` sees each transition that follows, of this domain.
  func apply(_ event: Event, index: UInt64, _ body: (Transition) -> Void) {
    let isAccess = event.kind == .mmioRead || event.kind == .mmioWrite
    guard var framed = isAccess ? addresses.translate(event) : event else { return }
    if framed.flags.contains(.incomplete) && framed.kind == .mmioRead { return }
    framed.domain = 0
    guard controller != nil else {
      wait(framed)
      return drain(index, body)
    }
    feed(framed, index, body)
  }

  /// A system-register write or another sign that the guest has a GICv3.
  func noteGICv3() {
    guard isGICv2 == nil else { return }
    choose(false)
    drain(0) { _ in }
  }

  private func wait(_ event: Event) {
    if waiting.count < Self.waitingLimit { waiting.append(event) }
    guard event.kind == .mmioRead || event.kind == .mmioWrite else { return }
    if event.frame == .gicr || event.frame == .gits || event.frame == .gicd && event.offset >= 0x6000 {
      choose(false)
    } else if event.frame == .gicd, (0x800..<0xC00).contains(event.offset) || (0xF00..<0xF30).contains(event.offset) {
      // ITARGETSR, SGIR, CPENDSGIR, SPENDSGIR: reserved where affinity routing is on.
      choose(true)
    }
  }

  private func choose(_ isV2: Bool) {
    isGICv2 = isV2
    var guest = Topology()
    for entry in topology.entries where entry.domain == domain {
      var entry = entry
      entry.domain = 0
      guest.set(entry)
    }
    guest.set(.architecture, to: isV2 ? .v2 : .v3, source: .inferred)
    // Not shown; a route to a vCPU must find it.
    guest.set(.peCount, to: isV2 ? 8 : 64, source: .assumed)
    // KVM numbers them in groups of sixteen (`reset_mpidr`).
    for vcpu in 16..<64 where !isV2 {
      guest.set(.affinity, index: UInt32(vcpu), to: UInt32((vcpu >> 4) << 8 | vcpu & 15), source: .assumed)
    }
    guest.set(.securityStates, to: .one, source: .inferred)
    guest.set(.profile, to: .kvm, source: .inferred)
    guest.set(.affinityRouting, to: true, source: .inferred)
    guest.set(.startsAtReset, to: false, source: .inferred)
    controller = Controller(topology: guest)
  }

  private func drain(_ index: UInt64, _ body: (Transition) -> Void) {
    guard controller != nil else { return }
    let events = waiting
    waiting = []
    for event in events { feed(event, index, body) }
  }

  private func feed(_ event: Event, _ index: UInt64, _ body: (Transition) -> Void) {
    changes &+= 1
    buffer.removeAll()
    // The first event after a continuation is the next one.
    let first = event.kind == .continuation ? index &+ 1 : index
    withUnsafePointer(to: event) {
      controller!.apply(UnsafeBufferPointer(start: $0, count: 1), firstIndex: first, into: &buffer)
    }
    for transition in buffer.transitions {
      var transition = transition
      transition.domain = domain
      body(transition)
    }
  }
}
