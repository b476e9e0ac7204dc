import InterruptTrace

/// Two captures of the same run as one: in the order of time, on the first's clock.
public final class MergedSource: EventSource {
  /// How the second capture is related to the first.
  public struct Relation: Sendable {
    /// How the second's times become the first's.
    public var clock: ClockOffset
    /// The guest of the first that the second was recorded in; 0 if both are of the same machine.
    public var guest: UInt16
    /// INTIDs of the second's handlers.
    public var interrupts: InterruptMap

    /// A relation with every part given.
    public init(clock: ClockOffset, guest: UInt16 = 0, interrupts: InterruptMap = InterruptMap()) {
      self.clock = clock
      self.guest = guest
      self.interrupts = interrupts
    }

    /// A domain of the second capture in the merged one. Guests of a guest get numbers of their own.
    func domain(_ domain: UInt16) -> UInt16 {
      if guest == 0 || domain == Domain.unknownGuest { return domain }
      return domain == 0 ? guest : (guest & 0xFF) << 8 | domain & 0xFF
    }
  }

  /// `merged`.
  public let format: TraceFormat
  /// What either shows; the first's word counts where both are as good.
  public let topology: Topology

  private let first: any EventSource
  private let second: any EventSource
  private let relation: Relation
  private var ours: Run
  private var theirs: Run
  private var delivered: UInt64 = 0
  /// Which vCPU each thread runs, as either capture says.
  private var vcpus: [UInt32: (domain: UInt16, vcpu: UInt32)] = [:]
  /// The side whose record's continuations may follow.
  private var takesFirst = true

  /// One side's events that are read but not given out.
  private struct Run: ~Copyable {
    var batch = EventBatch()
    var at = 0
    var isAtEnd = false

    var next: Event? { at < batch.count ? batch.events[at] : nil }

    mutating func fill(_ source: any EventSource) throws(TraceError) {
      guard at >= batch.count, !isAtEnd else { return }
      at = 0
      if try source.read(into: &batch) == 0 {
        isAtEnd = true
        batch.count = 0
      }
    }
  }

  /// Merges two sources, neither of which was read from.
  public init(_ first: any EventSource, _ second: any EventSource, _ relation: Relation) {
    self.first = first
    self.second = second
    self.relation = relation
    ours = Run()
    theirs = Run()
    format = TraceFormat(name: "merged", compression: "none")
    var topology = first.topology
    for var entry in second.topology.entries {
      entry.domain = relation.domain(entry.domain)
      if topology.entry(entry.key, index: entry.index, domain: entry.domain) == nil { topology.set(entry) }
    }
    self.topology = topology
  }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of both captures.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = delivered
    batch.count = 0
    while batch.count < batch.capacity {
      try ours.fill(first)
      try theirs.fill(second)
      guard let event = take() else { break }
      batch.append(attributed(event))
    }
    delivered += UInt64(batch.count)
    return batch.count
  }

  @inline(__always) private func take() -> Event? {
    let their = theirs.next.map(translated)
    guard let our = ours.next else {
      if their != nil { theirs.at += 1 }
      takesFirst = false
      return their
    }
    // Continuations stay with their record.
    if takesFirst, our.kind == .continuation || their == nil {
      ours.at += 1
      return our
    }
    if let their, !takesFirst && their.kind == .continuation || their.time < our.time && our.kind != .continuation {
      theirs.at += 1
      takesFirst = false
      return their
    }
    ours.at += 1
    takesFirst = true
    return our
  }

  /// The event with its vCPU, where only the other capture says which one the thread runs: a probe's output names threads.
  @inline(__always) private func attributed(_ event: Event) -> Event {
    switch event.kind {
    case .vcpuThread: vcpus[UInt32(truncatingIfNeeded: event.a)] = (event.domain, event.pe)
    case .lrWrite where event.pe == PE.none, .lrRead where event.pe == PE.none:
      guard event.domain != Domain.physical, let known = vcpus[UInt32(truncatingIfNeeded: event.a >> 32)] else { break }
      var event = event
      (event.domain, event.pe) = known
      return event
    default: break
    }
    return event
  }

  @inline(__always) private func translated(_ event: Event) -> Event {
    var event = event
    event.time = relation.clock.apply(event.time)
    event.domain = relation.domain(event.domain)
    relation.interrupts.number(&event)
    return event
  }

  /// What was read, skipped and wrong in both so far.
  public var statistics: ImportStatistics {
    var result = first.statistics
    let other = second.statistics
    result.bytesRead += other.bytesRead
    result.bytesTotal = result.bytesTotal.flatMap { total in other.bytesTotal.map { total + $0 } }
    result.records += other.records
    result.skipped += other.skipped
    for event in other.ignored { result.ignore(event.name, count: event.count) }
    for problem in other.problems {
      result.note(
        problem.kind, count: problem.count, example: problem.firstExample,
        position: "second capture, \(problem.firstPosition)")
    }
    if result.damage == nil { result.damage = other.damage }
    return result
  }
}
