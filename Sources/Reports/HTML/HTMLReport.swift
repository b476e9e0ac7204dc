import Analyzers
import Replay

/// The report in the browser: `analyze --html`. One file that needs nothing else.
public final class HTMLReport: AnalysisOutput {
  private let write: (String) throws -> Void
  private var sample = TimelineSample()
  private var slowest = SlowestLives()
  private var guests = SlowestLives()
  private var latency = LatencyHeat()
  private var guestLatency = LatencyHeat()
  private var heat = HeatMap()
  private var times = EventTimes()
  private let whatIf = ListRegisterReplay(variants: ListRegisterVariant.standard)
  private var lastTime: UInt64 = 0

  /// A report that goes to `write` when the analysis has ended.
  public init(write: @escaping (String) throws -> Void) { self.write = write }

  /// As ``AnalysisOutput`` wants it.
  public func consume(_ batch: ReplayBatch) {
    if batch.isReported { whatIf.consume(batch) }
    times.consume(batch)
    if batch.isReported, let first = batch.transitions.first {
      latency.begin(at: first.time)
      guestLatency.begin(at: first.time)
    }
    if let last = batch.transitions.last { lastTime = max(lastTime, last.time) }
  }

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) {
    for life in lives {
      if life.isVirtual { guests.add(life) } else { slowest.add(life) }
      if let span = life.span(.injectionToEOI) { latency.add(span.length, at: span.start, life.interruptClass) }
      if let span = life.guestSpan { guestLatency.add(span.length, at: span.start, life.interruptClass) }
      heat.add(life)
      lastTime = max(lastTime, max(life.endTime, life.deactivationTime))
      if let bar = TimelineBar(life, end: lastTime) { sample.append(bar) }
    }
  }

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    var page = HTMLPage(report)
    page.show(sample, times)
    page.insert("Latency over time", id: "over-time", overTimeSection(report), after: "latency")
    page.insert("Interrupts by PE over time", id: "heat", heat.html(report.naming), after: "processing-elements")
    page.insert(
      "Guests' latency over time", id: "guests-slowest", guestSection(report),
      after: report.results.kvm.isEmpty ? "virtual" : "kvm")
    let registers = ListRegisterHTML(report: report, outlooks: whatIf.results).html
    page.insert("List registers", id: "list-registers", registers, after: "virtual")
    try write(page.html)
  }

  private func overTimeSection(_ report: AnalysisReport) -> String {
    let picture = LatencyTimePicture(latency, marks: slowest.marks).html
    guard !picture.isEmpty else { return "" }
    return
      "<p class=\"faint\">From becoming pending to the end; rings mark the five worst of all.</p>\n" + picture
      + "<h3>The worst</h3>\n"
      + SlowestTable(slowest.all, report.naming).html
  }

  private func guestSection(_ report: AnalysisReport) -> String {
    guard !guests.all.isEmpty else { return "" }
    let isKVM = !report.results.kvm.isEmpty
    let text =
      isKVM
      ? "From the injection to the exit by which the guest had done with it: the injection is what the capture shows, the "
        + "entry that put it into a list register and the exit are the model's."
      : "From being put into a list register, or becoming pending for the vPE, to the guest's end of interrupt."
    return "<p class=\"faint\">\(text) Rings mark the five worst of all.</p>\n"
      + LatencyTimePicture(guestLatency, marks: guests.marks, prefix: "v").html + "<h3>The slowest</h3>\n"
      + SlowestTable(guests.all, report.naming).guests
  }
}

/// A link to a place on the timeline.
public struct MomentLink {
  var time: UInt64
  var last: UInt64
  var event: UInt64
  /// The interrupt, for who does not see the row that the link is in.
  var name: String

  init(_ life: InterruptLife) {
    time = life.firstTime
    last = max(max(life.endTime, life.deactivationTime), life.firstTime)
    event = life.firstEvent
    name = "\(life.isVirtual ? "v" : "")\(life.interruptClass.name) \(life.intid)"
  }

  var html: String {
    "<a class=\"moment\" href=\"#e=\(event)\" data-time=\"\(time)\" data-last=\"\(last)\" data-event=\"\(event)\" "
      + "aria-label=\"show \(name), event \(event), on the timeline\">show</a>"
  }
}
