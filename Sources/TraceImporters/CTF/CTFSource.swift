import InterruptTrace

/// A CTF 1.8 trace of LTTng, or of `perf data convert --to-ctf`: a folder with a file `metadata`.
final class CTFSource: EventSource {
  /// `ctf`.
  let format = TraceFormat(name: "ctf")
  /// What the trace's start shows.
  let topology: Topology

  private let folder: String
  private let input: CTFInput
  private var decoder: KernelDecoder
  private var records: UInt64 = 0
  private var unused: UInt64 = 0
  private var lastTime: UInt64 = 0
  private var damage: String?
  private var isFinished = false
  private var delivered: UInt64 = 0

  init(folder: String) throws(TraceError) {
    self.folder = folder
    var refusal = ""
    guard let start = CTFInput(folder: folder, refusal: &refusal),
      let input = CTFInput(folder: folder, refusal: &refusal)
    else {
      throw .unreadable(
        path: folder,
        reason: "libbabeltrace2 does not read it as CTF 1.8: \(refusal) (`babeltrace2 \(folder)` may say more)")
    }
    self.input = input
    decoder = KernelDecoder()
    let survey = Survey()
    start.onEvent = { survey.take($0, $1) }
    while survey.records < KernelTextReader.surveyLimit, start.step() == true {}
    // What ends the survey early ends the reading too, and is told there.
    _ = start.takeError()
    var topology = survey.decoder.topology(cpus: survey.decoder.cpuCount)
    if let release = start.release { topology.set(.kernelRelease, to: release, source: .header) }
    self.topology = topology
    swap(&decoder, &survey.decoder)
    decoder.conclude()
    input.onEvent = { [unowned self] record, isUsed in take(record, isUsed) }
    input.onLost = { [unowned self] count in decoder.lose(count, cpu: PE.none) }
  }

  /// Learns which threads run vCPUs.
  private final class Survey {
    var decoder = KernelDecoder()
    var records: UInt64 = 0

    init() { decoder.isSurvey = true }

    func take(_ record: borrowing KernelRecord, _ isUsed: Bool) {
      records += 1
      if isUsed, records <= KernelTextReader.surveyLimit { decoder.take(record) }
    }
  }

  private func take(_ record: borrowing KernelRecord, _ isUsed: Bool) {
    records &+= 1
    lastTime = record.time
    if isUsed { decoder.take(record) } else { unused &+= 1 }
  }

  func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = delivered
    while !isFinished, decoder.order.hasRoomForMany {
      let goesOn = input.step()
      if goesOn == nil { damage = input.takeError() }
      if goesOn != true {
        isFinished = true
        decoder.finish(lastTime)
      }
    }
    let count = decoder.order.deliver(into: &batch)
    delivered += UInt64(count)
    return count
  }

  var statistics: ImportStatistics {
    var statistics = ImportStatistics()
    statistics.records = records
    statistics.skipped = unused
    if unused > 0 { statistics.ignore(nil, count: unused) }
    if isFinished, records == unused + decoder.idle.count {
      KernelDecoder.noteNothingKnown(
        &statistics, "enable a kernel's events (lttng enable-event -k 'irq_*,sched_*,kvm_*')",
        "before record \(records)")
    }
    decoder.report(into: &statistics, records: records, unit: "record")
    if let damage {
      statistics.damage = ImportStatistics.Damage(
        reason: "libbabeltrace2 cannot read on: \(damage)", position: "after record \(records)")
    }
    return statistics
  }
}
