import InterruptTrace

/// Turns the merged records of a trace.dat into events.
struct DatRecords: ~Copyable {
  /// What the file's tables and the start of its records show.
  let topology: Topology
  private let file: DatFile
  private var decoder = KernelDecoder()
  private var record = KernelRecord()
  private var reader: DatRecordReader
  private var merged: MergedRingBuffers
  /// Records read so far.
  private(set) var count: UInt64 = 0
  /// Why reading stopped, with `--strict`.
  private(set) var stop: String?
  private var unused: UInt64 = 0
  private var malformed: UInt64 = 0
  private var lastTime: UInt64 = 0
  private var isFinished = false
  private let isStrict: Bool

  init(_ file: DatFile, _ input: RandomAccessInput, isStrict: Bool) {
    self.file = file
    self.isStrict = isStrict
    reader = DatRecordReader(file)
    topology = Self.survey(file, input, &decoder, &reader)
    merged = MergedRingBuffers(file, input)
    for overrun in file.overruns { decoder.lose(overrun.count, cpu: overrun.cpu, reason: 1) }
  }

  /// Reads the start of the records for itself: which threads run vCPUs is learned before the first event.
  private static func survey(
    _ file: DatFile, _ input: RandomAccessInput, _ decoder: inout KernelDecoder, _ reader: inout DatRecordReader
  ) -> Topology {
    var start = MergedRingBuffers(file, input)
    var record = KernelRecord()
    decoder.isSurvey = true
    for (thread, _, vcpu) in file.origin.threads { decoder.threads.announce(thread, vcpu: vcpu) }
    var surveyed: UInt64 = 0
    while surveyed < KernelTextReader.surveyLimit, let buffer = start.next() {
      record.time = file.clock.nanoseconds(start.time(buffer))
      record.cpu = start.cpu(buffer)
      if case .event = reader.read(start.data(buffer), into: &record) { decoder.take(record) }
      surveyed += 1
    }
    let cpus = file.cpus.map(\.cpu).max().map { $0 &+ 1 } ?? 0
    var topology = decoder.topology(cpus: cpus, source: .header)
    if let release = file.origin.release { topology.set(.kernelRelease, to: release, source: .header) }
    if let shift = file.origin.timeShift { topology.set(.timeShift, to: shift, source: .header) }
    decoder.conclude()
    reader.forgetUnused()
    return topology
  }

  /// Replaces the batch's content by the next events. Returns their number.
  mutating func read(into batch: inout EventBatch) -> Int {
    while !isFinished, decoder.order.hasRoom {
      guard stop == nil, let buffer = merged.next() else {
        isFinished = true
        decoder.finish(lastTime)
        break
      }
      take(buffer)
    }
    return decoder.order.deliver(into: &batch)
  }

  @inline(__always) private mutating func take(_ buffer: Int) {
    count &+= 1
    record.time = file.clock.nanoseconds(merged.time(buffer))
    record.cpu = merged.cpu(buffer)
    lastTime = record.time
    if let missed = merged.takeMissed(buffer) { decoder.lose(missed, cpu: record.cpu) }
    switch reader.read(merged.data(buffer), into: &record) {
    case .event: decoder.take(record)
    case .unused: unused &+= 1
    case .malformed:
      malformed &+= 1
      if isStrict { stop = "malformed record" }
    }
  }

  /// Adds what was read, skipped and wrong so far.
  func report(into statistics: inout ImportStatistics) {
    statistics.records = count
    statistics.skipped = unused + malformed
    let total = statistics.bytesTotal ?? 0
    statistics.bytesRead = isFinished ? total : min(merged.bytesRead, total)
    let clock = file.clock.name
    if clock == "local" {
      statistics.note(
        "clock of each CPU's own",
        example: "the trace clock is '\(clock)': CPUs' events may be out of order; record with -C mono",
        position: "in the header")
    }
    for event in isFinished ? reader.unusedEvents : [] {
      statistics.ignore(file.unusedNames[event.id] ?? "event \(event.id)", count: event.count)
    }
    statistics.note(
      "KVM events of an x86 machine", count: reader.foreignCount,
      example: "they are not read: only KVM on ARM is modelled; handlers, IPIs and softirqs of this capture are used",
      position: "among the records")
    if isFinished, count == 0 {
      statistics.note(
        "no records", example: "the file holds tables and no events: tracing was off, or every event was filtered out",
        position: "among the records")
    } else if isFinished, count == unused + malformed + decoder.idle.count {
      KernelDecoder.noteNothingKnown(
        &statistics, "record KVM's events and interrupts (-e kvm -e irq -e ipi)", "before record \(count)")
    }
    if ["counter", "x86-tsc", "ppc-tb"].contains(clock), file.clock.multiplier == 0 {
      statistics.note(
        "times of a clock that counts",
        example: "the trace clock '\(clock)' is no time: its counts are taken for ns; record with -C mono",
        position: "in the header")
    }
    statistics.note(
      "malformed record", count: malformed, example: "shorter than its format says",
      position: "before record \(count)")
    decoder.report(into: &statistics, records: count, unit: "record")
    if let damage = file.damage {
      statistics.damage = ImportStatistics.Damage(reason: damage.reason, position: "at byte \(damage.position)")
    }
    merged.report(into: &statistics)
  }
}
