/// Decides what becomes of each record of a trace in the native layout, whoever reads it: what of it is topology, an
/// event, or nothing.
struct RecordAdmission {
  /// More facts than any machine has; a file must not make us remember what it repeats for ever.
  private static let maximumTopologyEntries = 1 << 18

  let path: String
  /// What the records before the first event said.
  private(set) var topology = Topology()
  /// Unix time of the capture's epoch in ns; known as soon as the first event is.
  private(set) var epoch: UInt64 = 0
  var statistics = ImportStatistics()
  /// Records seen, those skipped by seeking included.
  var recordNumber: UInt64 = 0
  /// Records before the first event.
  private(set) var leadingRecords: UInt64 = 0
  /// The last record was of an unknown kind, so the continuations that follow are not the business of the one before.
  private(set) var skipsContinuations = false

  init(path: String) { self.path = path }

  private static let knownKinds: [Bool] = (0...255).map { EventLayout.of(EventKind(rawValue: $0)) != nil }

  /// A table of 256 bytes: 1 for each kind that is known. The caller frees it.
  static func allocateKnownKinds() -> UnsafeMutablePointer<UInt8> {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for kind in 0..<256 { table[kind] = knownKinds[kind] ? 1 : 0 }
    return table
  }

  /// Says that the trace holds packets of a network, which have no topology.
  mutating func setHoldsPackets() {
    topology.set(.sourceFormat, to: .pcap, source: .header)
  }

  /// Takes a topology record from before the first event.
  mutating func admitTopology(_ event: Event) throws(TraceError) {
    recordNumber += 1
    statistics.records += 1
    guard let entry = Topology.Entry(event) else {
      return noteProblem("malformed topology record", "source \(event.flags.rawValue), key \(event.a & 0xFFFF)")
    }
    if entry.key == .formatVersion, entry.value >> 16 > NativeFormat.version >> 16 {
      throw .tooNew(path: path, version: "\(entry.value >> 16).\(entry.value & 0xFFFF)")
    }
    guard topology.entries.count < Self.maximumTopologyEntries else {
      return noteProblem("too many topology records", "key \(entry.key.rawValue)")
    }
    topology.set(entry)
  }

  /// Ends the topology. `firstTime` is the Unix time of the first event; nil if there is none.
  mutating func endTopology(firstTime: UInt64?) {
    // editcap and mergecap can take the first records away. Then times count from the first event that is left.
    if topology[.epoch] == nil, let firstTime { topology.set(.epoch, to: firstTime, source: .inferred) }
    epoch = topology[.epoch] ?? 0
    leadingRecords = recordNumber
  }

  /// The event of a whole record, or nil if the record is to be skipped.
  mutating func admit(_ payload: UnsafeRawPointer, unixTime: UInt64) -> Event? {
    recordNumber += 1
    statistics.records += 1
    let event = RecordCoding.event(payload, time: unixTime > epoch ? unixTime - epoch : 0)
    if event.kind == .continuation, skipsContinuations {
      statistics.skipped += 1
      return nil
    }
    skipsContinuations = !Self.knownKinds[Int(event.kind.rawValue)]
    if skipsContinuations {
      statistics.skipped += 1
      return nil
    }
    let epoch = epoch
    if unixTime < epoch { noteProblem("record from before the epoch", "\(unixTime) ns is before \(epoch) ns") }
    return event
  }

  /// The event of a network packet.
  mutating func admitPacket(length: UInt32, unixTime: UInt64) -> Event {
    recordNumber += 1
    statistics.records += 1
    return Event(time: unixTime > epoch ? unixTime - epoch : 0, kind: .packet, a: UInt64(length))
  }

  /// Counts a record whose payload is not 24 bytes long.
  mutating func refuse(length: UInt32) {
    recordNumber += 1
    statistics.records += 1
    noteProblem("record of wrong length", "\(length) bytes instead of \(NativeFormat.payloadSize)")
  }

  /// Continues with another record.
  mutating func restart(at record: UInt64) {
    recordNumber = record
    skipsContinuations = false
    statistics.damage = nil
  }

  /// Says that nothing more can be read after the last record; `position` is where that is in the input.
  mutating func setDamage(_ reason: String, position: String) {
    statistics.damage = ImportStatistics.Damage(reason: reason, position: "after record \(recordNumber), \(position)")
  }

  private mutating func noteProblem(_ kind: String, _ example: @autoclosure () -> String) {
    let number = recordNumber
    statistics.note(kind, example: example(), position: "record \(number)")
  }

  /// The first problem or damage as the error that `--strict` stops with.
  var strictError: TraceError? {
    if let problem = statistics.problems.first {
      return .strict(path: path, position: problem.firstPosition, reason: "\(problem.kind): \(problem.firstExample)")
    }
    return statistics.damage.map { .strict(path: path, position: $0.position, reason: $0.reason) }
  }
}
