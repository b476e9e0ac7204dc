import GICModel
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
  /// Called when a rule tells what a guest did with an interrupt. Meant for comparisons.
  public var onOutcome: ((InferredOutcome) -> Void)? {
    didSet { for guest in guests { guest.onOutcome = onOutcome } }
  }
  /// Who saw list registers of the same run, if anyone.
  public weak var witness: (any ListRegisterWitness)? { didSet { for guest in guests { guest.witness = witness } } }
  @exclusivity(unchecked) private var ipis = PendingIPIs()
  private let activity: CPUActivity
  private let room: GuestRoom

  /// A model without guests; they come with their events.
  public init(topology: Topology, options: HypervisorOptions = .init()) {
    self.topology = topology
    self.options = options
    activity = CPUActivity()
    room = GuestRoom()
  }

  private init(copying other: HypervisorModel) {
    (topology, options, ipis) = (other.topology, other.options, other.ipis)
    activity = CPUActivity(copying: other.activity)
    room = GuestRoom(copying: other.room)
    guests = other.guests.map { [activity, room] in Guest(copying: $0, activity: activity, room: room) }
  }

  /// An independent copy: a checkpoint to go on from, without ``onEntry``, ``onOutcome`` and ``witness``. O(state): vCPUs
  /// and interrupts of the guests, not the capture's length.
  public func copy() -> HypervisorModel { HypervisorModel(copying: self) }

  /// Writes the model, or reads it into one that was made with the same options. O(state).
  public func archive(_ archive: inout StateArchive) {
    topology.archive(&archive)
    ipis.archive(&archive)
    activity.archive(&archive)
    room.archive(&archive)
    for index in 0..<archive.count(guests.count) {
      var known = archive.isReading ? Topology() : guests[index].distributor.topology
      known.archive(&archive)
      if archive.isReading {
        guests.append(
          Guest(domain: UInt16(index + 1), topology: known, options: options, activity: activity, room: room))
      }
      guests[index].archive(&archive)
    }
  }

  /// Takes in the guests' events among `events`, in order, and appends what followed.
  public func apply(
    _ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer
  ) {
    withUnsafeMutablePointer(to: &transitions) { buffer in
      var numbers = EventNumbering(firstIndex: firstIndex)
      for event in events {
        let number = numbers.take(event)
        guard event.domain != Domain.physical else {
          takeHost(event, number)
          continue
        }
        var out = HypervisorOutput(buffer: buffer, time: event.time, event: number)
        apply(event, &out)
      }
    }
  }

  /// An event of the machine itself. Those of a controller name a PE too, but no step of the kernel.
  @inline(__always) private func takeHost(_ event: Event, _ number: UInt64) {
    if event.kind == .gap { for guest in guests { guest.forget() } }
    guard event.kind.rawValue >= EventKind.handlerEnter.rawValue, event.kind.rawValue < EventKind.gap.rawValue else {
      return
    }
    ipis.take(event, number: number)
    if event.kind == .ipiSend, event.a & 0xFFFF_FFFF != 0 { activity.showsIPIs = true }
    activity.noteHost(event, number: number)
  }

  /// What is known of each guest.
  public var summaries: [GuestSummary] { guests.filter { $0.entries > 0 }.map(GuestSummary.init) }

  /// The numbers of the guests that are known, from 1 on.
  public var domains: Range<UInt16> { 1..<UInt16(guests.count + 1) }

  /// A guest's VGIC as it is now; nil if there is no such guest.
  public func state(domain: UInt16, _ filter: StateFilter) -> ValueTree? {
    domain > 0 && Int(domain) <= guests.count ? guests[Int(domain) - 1].state(filter) : nil
  }

  /// An interrupt of a guest as it is now: of an SGI or PPI one for each vCPU that it was seen for.
  public func interrupts(domain: UInt16, intid: UInt32) -> [GuestInterruptState] {
    guard domain > 0, Int(domain) <= guests.count else { return [] }
    let guest = guests[Int(domain) - 1]
    return guest.interrupts.indices.filter { guest.interrupts[$0].queued.intid == intid }.map(guest.interruptState)
  }

  private func guest(_ domain: UInt16) -> Guest? {
    if let lastGuest, lastGuest.domain == domain { return lastGuest }
    // Of an event whose guest is not told, the only guest's.
    let domain = domain == Domain.unknownGuest && guests.count == 1 ? 1 : domain
    guard domain > 0, domain < Self.guestLimit else { return nil }
    while guests.count < Int(domain) {
      let guest = Guest(
        domain: UInt16(guests.count + 1), topology: topology, options: options, activity: activity, room: room)
      guest.onEntry = onEntry
      guest.onOutcome = onOutcome
      guest.witness = witness
      guests.append(guest)
    }
    lastGuest = guests[Int(domain) - 1]
    return lastGuest
  }

  private func apply(_ event: Event, _ out: inout HypervisorOutput) {
    guard let guest = guest(event.domain) else { return }
    apply(event, guest, &out)
    activity.noteGuest(cpu(of: event, guest), number: out.event)
  }

  /// The CPU that a guest's event happened on.
  private func cpu(of event: Event, _ guest: Guest) -> UInt32 {
    switch event.kind {
    case .guestEnter, .guestExit, .inject, .vcpuLoad, .vcpuPut, .irqLine, .gsiSet, .timerLine, .timerExpire,
      .msiResult, .vcpuKick:
      event.cpu
    case .vcpuWaking, .vcpuThread, .lrWrite, .lrRead: PE.none
    // Of a guest's own trace.
    case _ where event.kind.rawValue >= EventKind.handlerEnter.rawValue: PE.none
    default: event.pe < guest.vcpus.count ? guest.vcpus[Int(event.pe)].cpu : PE.none
    }
  }

  private func apply(_ event: Event, _ guest: Guest, _ out: inout HypervisorOutput) {
    let vcpu = event.pe
    if vcpu != PE.none { guest.finishDeactivation(vcpu, out) }
    noteCPU(event, guest)
    switch event.kind {
    case .guestEnter:
      guest.enter(vcpu, cpu: event.cpu, pc: event.b, interruptedSince: ipis.takeFirst(to: event.cpu), &out)
    case .guestExit:
      guest.exit(vcpu, reason: event.exitReason, exceptionClass: event.exceptionClass, pc: event.b, &out)
    case .inject: inject(event, guest, &out)
    case .timerLine: timerLine(event, guest, &out)
    case .timerSave, .timerRestore: timer(event, guest, out)
    // Where it is not shown which of WFI and WFE it was, it proves nothing.
    case .wfx where event.flags.isDisjoint(with: [.isWFE, .incomplete]): guest.rest(vcpu, out)
    case .vcpuWakeup: guest.wake(vcpu, hasWaited: event.a > 0 || event.b & 1 != 0, out)
    case .vcpuLoad: if guest.holds(vcpu), event.cpu != PE.none { guest.vcpus[Int(vcpu)].cpu = event.cpu }
    case .vcpuThread:
      if guest.holds(vcpu) { guest.vcpus[Int(vcpu)].thread = UInt32(truncatingIfNeeded: event.a) }
      // Numbers by the threads' order are a guess, where there are several.
      if event.b & 0xFF == UInt64(VCPUEvidence.order.rawValue), vcpu > 0 { guest.numbersAreKnown = false }
    case .handlerEnter, .handlerExit, .softirqRaise, .softirqEnter, .softirqExit, .ipiSend, .ipiEnter, .ipiExit,
      .schedSwitch, .schedWakeup:
      guest.take(guestKernel: event)
    case .ackNotify: endNotified(event, guest)
    case .mmioRead, .mmioWrite, .msi, .itsCommand, .continuation:
      guest.distributor.apply(event, index: out.event) { guest.follow($0, &out) }
      if event.kind == .mmioWrite {
        guest.refreshAll()
        if let intid = guest.distributor.deactivation(event) {
          guest.noteDeactivation(vcpu)
          guest.startDeactivation(intid: intid, vcpu: vcpu)
        }
      }
    case .sysregWrite: sysregWrite(event, guest, &out)
    case .lrWrite, .lrRead: listRegister(event, guest)
    case .vgicStep: if guest.holds(vcpu) { step(event, guest, out.event) }
    case .topology: if let entry = Topology.Entry(event) { learn(entry) }
    default: break
    }
  }

  /// A vCPU whose own thread does something is where that happens, though it may have entered its guest elsewhere last.
  @inline(__always) private func noteCPU(_ event: Event, _ guest: Guest) {
    guard event.kind == .timerLine || event.kind == .inject, event.thread != 0, event.cpu != PE.none,
      event.pe < guest.vcpus.count, guest.vcpus[Int(event.pe)].thread == event.thread
    else { return }
    guest.vcpus[Int(event.pe)].cpu = event.cpu
  }

  private func learn(_ entry: Topology.Entry) {
    topology.set(entry)
    guard entry.key == .kernelRelease, options.policy == nil, let policy = ListRegisterPolicy(topology) else { return }
    for guest in guests { guest.policy = policy }
  }

  private func inject(_ event: Event, _ guest: Guest, _ out: inout HypervisorOutput) {
    guard !INTID.isBanked(event.intid) || event.pe != PE.none else { return }
    guest.inject(intid: event.intid, vcpu: event.pe, level: event.level, at: event, &out)
  }

  /// A probe shows a step of the hypervisor; of a guest that is one itself that it runs its own guest, or is itself again.
  private func step(_ event: Event, _ guest: Guest, _ number: UInt64) {
    switch VGICStep(rawValue: UInt16(truncatingIfNeeded: event.a)) {
    case .nestedEnter: guest.vcpus[Int(event.pe)].isNested = event.entersNestedGuest
    case .nestedExit: guest.vcpus[Int(event.pe)].isNested = false
    case .fold: if guest.vcpus[Int(event.pe)].isInside { activity.noteExit(guest.vcpus[Int(event.pe)].cpu, number) }
    case .prune:
      guest.showsPrunes = true
      if !guest.vcpus[Int(event.pe)].isInside { guest.prunePending(Int(event.pe)) }
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
    guest.showsEnds = true
    guard let place = guest.knownPlace(event.intid, vcpu: 0) else { return }
    // The vCPU that noticed it, if the thread is known.
    let vcpu = event.pe != PE.none ? event.pe : UInt32(bitPattern: guest.interrupts[place].owner)
    if guest.holds(vcpu) { guest.noteEnd(place, Int(vcpu)) }
  }

  private func sysregWrite(_ event: Event, _ guest: Guest, _ out: inout HypervisorOutput) {
    guest.distributor.noteGICv3()
    if event.register == .ICC_DIR_EL1 { guest.noteDeactivation(event.pe) }
    if event.register == .ICC_DIR_EL1, !event.flags.contains(.incomplete) {
      // Only KVM from 6.19 on has the function that the probe is of.
      if options.policy == nil { guest.policy = .kvmOverflow }
      return guest.startDeactivation(intid: UInt32(truncatingIfNeeded: event.b & 0xFF_FFFF), vcpu: event.pe)
    }
    guard event.register == .ICC_SGI1R_EL1 || event.register == .ICC_SGI0R_EL1 || event.register == .ICC_ASGI1R_EL1
    else { return }
    // A trapped write shows neither number nor target; a probe does.
    guard !event.flags.contains(.incomplete) else { return }
    guest.distributor.apply(event, index: out.event) { guest.follow($0, &out) }
  }

  private func listRegister(_ event: Event, _ guest: Guest) {
    let index = Int(event.a & 0xFF)
    guard guest.holds(event.pe), index < 64 else { return }
    guest.show(Int(event.pe), index: index, value: event.b, isWritten: event.kind == .lrWrite)
  }
}
