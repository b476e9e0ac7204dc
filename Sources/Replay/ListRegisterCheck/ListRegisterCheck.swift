import HypervisorModel
import InterruptTrace

/// Compares the list registers that the model of KVM's VGIC predicts from a capture of KVM's own tracing with those that a
/// capture of the same run from below shows: an emulator's log, in which KVM writes them.
public final class ListRegisterCheck: ListRegisterWitness {
  /// How much of the run the model is told beside the hypervisor's own capture.
  public enum Knowledge: String, Sendable, CaseIterable {
    /// Nothing.
    case insideOnly = "inside"
    /// What the hypervisor's tracing cannot show: interrupts that get onto a list without an event (LPIs, SGIs of a
    /// GICv3), and what the guest did with its list registers while it ran.
    case withInjections = "inside-and-injections"
  }

  /// The loads that the capture from below shows.
  public let loads: [RegisterLoad]
  /// The layout of a list register.
  public let format: ListRegisterFormat
  /// How many there are.
  public let listRegisters: Int
  /// Loads of which the capture from below does not say the PE.
  public let loadsWithoutPE: Int
  /// Why the capture from below ended early, if it did.
  public let outsideDamage: ImportStatistics.Damage?
  /// Why the hypervisor's capture ended early, if it did; known when it was aligned.
  public private(set) var insideDamage: ImportStatistics.Damage?

  private var alignment = EntryAlignment(entries: [], loads: [])
  private var placeOfEvent: [UInt64: Int] = [:]
  /// Entries of guests in the hypervisor's capture.
  private var entries = 0
  private var knowledge = Knowledge.insideOnly
  private var counts = ListRegisterAgreement()
  /// Trapped deactivations that no entry has followed yet.
  private var deactivated: [InferredOutcome] = []

  /// Reads the capture from below.
  ///
  /// - Throws: ``TraceError`` of the source.
  public init(outside source: any EventSource) throws {
    var finder = RegisterLoadFinder()
    try Self.read(source) { finder.take($0) }
    loads = finder.loads
    loadsWithoutPE = finder.withoutPE
    format = finder.format ?? .ich
    listRegisters = finder.listRegisters ?? 4
    outsideDamage = source.statistics.damage
  }

  private static func read(_ source: any EventSource, _ body: (Event) -> Void) throws {
    var batch = EventBatch()
    while try source.read(into: &batch) > 0 {
      for event in batch.events { body(event) }
    }
  }

  /// Finds which load each entry of a guest is. Reads the hypervisor's capture once.
  public func align(inside source: any EventSource) throws {
    var entries: [EntryAlignment.Entry] = []
    var numbers = EventNumbering(firstIndex: 0)
    try Self.read(source) { event in
      let number = numbers.take(event)
      if event.kind == .guestEnter {
        entries.append(EntryAlignment.Entry(time: event.time, cpu: event.cpu, event: number))
      }
    }
    insideDamage = source.statistics.damage
    self.entries = entries.count
    alignment = EntryAlignment(entries: entries, loads: loads)
    placeOfEvent = [:]
    for place in entries.indices { placeOfEvent[entries[place].event] = place }
  }

  /// Runs the model over the hypervisor's capture and compares.
  public func compare(
    inside source: any EventSource, topology: Topology, options: HypervisorOptions, knowledge: Knowledge
  ) throws -> ListRegisterAgreement {
    var options = options
    options.format = format
    options.listRegisters = listRegisters
    self.knowledge = knowledge
    counts = ListRegisterAgreement()
    deactivated.removeAll()
    counts.loads = loads.count
    counts.mismatch = mismatch
    counts.abandoned = alignment.abandoned
    counts.clockOffset = alignment.offset
    counts.clockJumps = alignment.jumps
    var known = source.topology
    known.merge(topology)
    let model = HypervisorModel(topology: known, options: options)
    if knowledge == .withInjections { model.witness = self }
    model.onEntry = { [unowned self] in check($0) }
    model.onOutcome = { [unowned self] in score($0) }
    var transitions = TransitionBuffer()
    var batch = EventBatch()
    var number: UInt64 = 0
    while try source.read(into: &batch) > 0 {
      transitions.removeAll()
      model.apply(batch.events, firstIndex: number, into: &transitions)
      number += UInt64(batch.events.eventCount)
    }
    counts.guests = model.summaries
    return counts
  }

  /// What the captures lack so that entries and loads could be compared; nil if nothing.
  private var mismatch: ListRegisterAgreement.Mismatch? {
    if alignment.offset != nil { return nil }
    if entries == 0 { return .noEntries }
    if loads.isEmpty { return loadsWithoutPE > 0 ? .noPE : .noLoads }
    return loadsWithoutPE > loads.count ? .noPE : .noOffset
  }

  private func load(event: UInt64) -> RegisterLoad? {
    placeOfEvent[event].flatMap { alignment.loadOfEntry[$0] }.map { loads[$0] }
  }

  // MARK: What the capture from below tells the model

  /// The registers that the entry loaded.
  public func registersLoaded(event: UInt64) -> [UInt64]? { load(event: event)?.values }

  /// The registers as the guest left them.
  public func registersLeft(entry event: UInt64) -> [UInt64]? {
    guard let load = load(event: event), load.left.count >= load.values.count else { return nil }
    var left: [UInt64] = []
    for value in load.left { if let value { left.append(value) } else { return nil } }
    return left
  }

  /// What EOIcount was read as after the run.
  public func endsOutside(entry event: UInt64) -> Int? { load(event: event)?.ends }

  private func check(_ prediction: EntryPrediction) {
    guard let place = placeOfEvent[prediction.event] else { return }
    guard alignment.covered.contains(place) else {
      counts.outsideOfCoverage += 1
      return
    }
    let isV2Guest = format == .gich || prediction.registers.contains { INTID.isSGI($0.intid) && $0.value & 0x1C00 != 0 }
    let seen = alignment.loadOfEntry[place].map { loads[$0].values } ?? []
    scoreDeactivations(prediction, seen)
    counts.add(
      prediction, seen: seen.filter { $0 != 0 }, format: format, listRegisters: listRegisters, hasGICv2Guest: isV2Guest)
  }

  /// Compares what a rule says with what was read back; of what the guest did outside a run, with what is loaded next.
  private func score(_ outcome: InferredOutcome) {
    if outcome.rule == .deactivationTrapped { return deactivated.append(outcome) }
    guard let place = placeOfEvent[outcome.entry], alignment.covered.contains(place) else { return }
    var state = (isPending: false, isActive: false)
    if let number = alignment.loadOfEntry[place] {
      let load = loads[number]
      if let at = load.values.firstIndex(where: { ListRegisterValue($0, format).holds(outcome.intid) }) {
        guard at < load.left.count, let left = load.left[at] else { return }
        let value = ListRegisterValue(left, format)
        state = (value.isPending, value.isActive)
      }
    }
    // Where the line is high, one that has ended in its register is pending again.
    if outcome.rule == .timerHighAtTrap { state.isPending = state.isPending || !state.isActive }
    count(outcome, isRight: state == (outcome.isPending, outcome.isActive))
  }

  private func scoreDeactivations(_ prediction: EntryPrediction, _ seen: [UInt64]) {
    guard !deactivated.isEmpty else { return }
    for outcome in deactivated where outcome.vcpu == prediction.vcpu && outcome.domain == prediction.domain {
      let isActive = seen.contains {
        let value = ListRegisterValue($0, format)
        return value.isActive && value.holds(outcome.intid)
      }
      count(outcome, isRight: !isActive)
    }
    deactivated.removeAll { $0.vcpu == prediction.vcpu && $0.domain == prediction.domain }
  }

  private func count(_ outcome: InferredOutcome, isRight: Bool) {
    var score = counts.rules[outcome.rule] ?? .init()
    if isRight {
      score.right += 1
    } else {
      score.wrong += 1
      score.firstWrong = score.firstWrong ?? outcome.entry
    }
    counts.rules[outcome.rule] = score
  }
}

extension ListRegisterValue {
  /// Whether it holds this interrupt. A GICv2 guest's SGI has its source beside its number; an LPI's number has the same
  /// bits, and begins above them.
  func holds(_ intid: UInt32) -> Bool {
    let number = self.intid(hasGICv2Guest: false)
    return number == intid || INTID.isSGI(intid) && !INTID.isLPI(number) && number & 0x3FF == intid
  }
}
