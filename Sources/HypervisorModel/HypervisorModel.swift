import InterruptTrace

/// KVM's VGIC as software, for every guest in a capture.
///
/// Consumes what a capture shows of the hypervisor (entries, exits, attempts to inject, trapped accesses, timers, and list
/// registers where a probe shows them) and says what followed, as transitions of the guests' domains.
///
/// Used by one thread.
public final class HypervisorModel {
  private let options: HypervisorOptions
  private var topology: Topology
  @exclusivity(unchecked) private var guests: [Guest] = []
  /// The guest of the last event.
  @exclusivity(unchecked) private var lastGuest: Guest?
  private static let guestLimit: UInt16 = 4096
  /// Called at each entry of a guest. Meant for comparisons; an analysis lives on transitions.
  public var onEntry: ((EntryPrediction) -> Void)? { didSet { for guest in guests { guest.onEntry = onEntry } } }
  /// Who saw list registers of the same run, if anyone.
  public weak var witness: (any ListRegisterWitness)? { didSet { for guest in guests { guest.witness = witness } } }
  @exclusivity(unchecked) private var ipis = PendingIPIs()

  /// A model without guests; they come with their events.
  public init(topology: Topology, options: HypervisorOptions = .init()) {
    self.topology = topology
    self.options = options
  }

  /// Takes in the guests' events among `events`, in order, and appends what followed.
  public func apply(
    _ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer
  ) {
    withUnsafeMutablePointer(to: &transitions) { buffer in
      for (offset, event) in events.enumerated() {
        guard event.domain != Domain.physical else {
          ipis.take(event, number: firstIndex &+ UInt64(offset))
          continue
        }
        var out = HypervisorOutput(buffer: buffer, time: event.time, event: firstIndex &+ UInt64(offset))
        apply(event, &out)
      }
    }
  }

  /// What is known of each guest.
  public var summaries: [GuestSummary] { guests.filter { $0.entries > 0 }.map(GuestSummary.init) }

  private func guest(_ domain: UInt16) -> Guest? {
    if let lastGuest, lastGuest.domain == domain { return lastGuest }
    // Of an event whose guest is not told, the only guest's.
    let domain = domain == Domain.unknownGuest && guests.count == 1 ? 1 : domain
    guard domain > 0, domain < Self.guestLimit else { return nil }
    while guests.count < Int(domain) {
      let guest = Guest(domain: UInt16(guests.count + 1), topology: topology, options: options)
      guest.onEntry = onEntry
      guest.witness = witness
      guests.append(guest)
    }
    lastGuest = guests[Int(domain) - 1]
    return lastGuest
  }

  private func apply(_ event: Event, _ out: inout HypervisorOutput) {
    guard let guest = guest(event.domain) else { return }
    let vcpu = event.pe
    switch event.kind {
    case .guestEnter:
      guest.enter(vcpu, cpu: event.cpu, pc: event.b, interruptedSince: ipis.takeFirst(to: event.cpu), &out)
    case .guestExit:
      guest.exit(vcpu, reason: event.exitReason, pc: event.b, &out)
    case .inject: inject(event, guest, &out)
    case .timerLine: timerLine(event, guest, &out)
    case .timerSave, .timerRestore: timer(event, guest, out)
    case .wfx where !event.flags.contains(.isWFE): guest.rest(vcpu, out)
    case .ackNotify: endNotified(event, guest)
    case .mmioRead, .mmioWrite, .msi, .itsCommand, .continuation:
      guest.distributor.apply(event, index: out.event) { guest.follow($0, &out) }
      if event.kind == .mmioWrite { guest.refreshAll() }
    case .sysregWrite: sysregWrite(event, guest, &out)
    case .lrWrite, .lrRead: listRegister(event, guest)
    case .vgicStep: if guest.holds(vcpu) { nest(event, guest) }
    case .topology: if let entry = Topology.Entry(event) { topology.set(entry) }
    default: break
    }
  }

  private func inject(_ event: Event, _ guest: Guest, _ out: inout HypervisorOutput) {
    guard !INTID.isBanked(event.intid) || event.pe != PE.none else { return }
    guest.inject(intid: event.intid, vcpu: event.pe, level: event.level, at: event, &out)
  }

  /// A guest that is a hypervisor runs its own guest, or is itself again.
  private func nest(_ event: Event, _ guest: Guest) {
    switch VGICStep(rawValue: UInt16(truncatingIfNeeded: event.a)) {
    case .nestedEnter: guest.vcpus[Int(event.pe)].isNested = event.entersNestedGuest
    case .nestedExit: guest.vcpus[Int(event.pe)].isNested = false
    default: break
    }
  }

  /// The line itself changes with the injection that follows.
  private func timerLine(_ event: Event, _ guest: Guest, _ out: inout HypervisorOutput) {
    guard event.pe != PE.none, INTID.isBanked(event.intid), guest.holds(event.pe) else { return }
    guest.linkTimer(intid: event.intid, vcpu: event.pe)
    if event.level {
      let vcpu = Int(event.pe)
      guard guest.vcpus[vcpu].cpu == event.cpu else { return }
      guard guest.vcpus[vcpu].isInside else {
        if guest.vcpus[vcpu].areTimersLoaded { guest.fireOutside(intid: event.intid, vcpu: event.pe, out) }
        return
      }
      guest.exitBeforeHandler(event.pe, intid: event.intid, &out)
    } else {
      guest.lowerTimer(intid: event.intid, vcpu: event.pe, out)
    }
  }

  private func timer(_ event: Event, _ guest: Guest, _ out: borrowing HypervisorOutput) {
    let timer = Int(event.b >> 32 & 0xFF)
    let control = UInt32(truncatingIfNeeded: event.b)
    guard timer < 4, guest.holds(event.pe) else { return }
    if event.kind == .timerSave {
      guest.saveTimer(timer, intid: Self.timerINTIDs[timer], vcpu: event.pe, control: control, deadline: event.a, out)
    } else {
      guest.vcpus[Int(event.pe)].deadlines[timer] = event.a
      guest.vcpus[Int(event.pe)].areTimersLoaded = true
    }
  }

  /// PPIs of the EL1 physical and virtual timer, of the EL2 virtual and physical one (SBSA; KVM's defaults).
  private static let timerINTIDs: [UInt32] = [30, 27, 28, 26]

  private func endNotified(_ event: Event, _ guest: Guest) {
    guard let place = guest.knownPlace(event.intid, vcpu: 0) else { return }
    let owner = guest.interrupts[place].owner
    if owner >= 0, guest.vcpus[Int(owner)].isInside { guest.vcpus[Int(owner)].ended.append(event.intid) }
  }

  private func sysregWrite(_ event: Event, _ guest: Guest, _ out: inout HypervisorOutput) {
    guest.distributor.noteGICv3()
    if event.register == .ICC_DIR_EL1, !event.flags.contains(.incomplete) {
      return guest.deactivate(intid: UInt32(truncatingIfNeeded: event.b & 0xFF_FFFF), vcpu: event.pe, out)
    }
    guard event.register == .ICC_SGI1R_EL1 || event.register == .ICC_SGI0R_EL1 || event.register == .ICC_ASGI1R_EL1
    else { return }
    // A trapped write shows neither number nor target; a probe does.
    guard !event.flags.contains(.incomplete) else { return }
    guest.distributor.apply(event, index: out.event) { guest.follow($0, &out) }
  }

  private func listRegister(_ event: Event, _ guest: Guest) {
    guard guest.holds(event.pe) else { return }
    let index = Int(event.a & 0xFF)
    guard index < 64 else { return }
    func put(_ values: inout [UInt64]) {
      while values.count <= index { values.append(0) }
      values[index] = event.b
    }
    if event.kind == .lrWrite {
      put(&guest.vcpus[Int(event.pe)].shownWritten)
    } else {
      put(&guest.vcpus[Int(event.pe)].shownRead)
    }
  }
}
