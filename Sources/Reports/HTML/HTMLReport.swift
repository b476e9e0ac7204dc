import Analyzers
import InterruptTrace
import Replay

/// The report in the browser: `analyze --html`. One file that needs nothing else.
public final class HTMLReport: AnalysisOutput {
  private let write: (String) throws -> Void
  private let filter: TransitionFilter
  private var sample = TimelineSample()
  private var overTime = LatencyOverTime()
  private var heat = HeatMap()
  private var lists = ListRegisterHistory()
  private let whatIf = ListRegisterReplay(variants: ListRegisterVariant.standard)
  private var lastTime: UInt64 = 0
  private var hasLists = false

  /// A report that goes to `write` when the analysis has ended.
  public init(filter: TransitionFilter = TransitionFilter(), write: @escaping (String) throws -> Void) {
    self.filter = filter
    self.write = write
  }

  /// As ``AnalysisOutput`` wants it.
  public func consume(_ batch: ReplayBatch) {
    if batch.isReported { whatIf.consume(batch) }
    for t in batch.transitions {
      lastTime = max(lastTime, t.time)
      guard let ended = lists.ended(by: t), batch.isReported, filter.includes(t) else { continue }
      hasLists = true
      sample.append(TimelineBar(listed: ended, end: t.time))
    }
  }

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) {
    for life in lives {
      overTime.add(life)
      heat.add(life)
      lastTime = max(lastTime, max(life.endTime, life.deactivationTime))
      if let bar = TimelineBar(life, end: lastTime) { sample.append(bar) }
    }
  }

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    let end = report.trace.lastTime ?? lastTime
    for listed in lists.open { sample.append(TimelineBar(listed: listed, end: end)) }
    var page = HTMLPage(report)
    page.show(sample, hasLists: hasLists)
    page.insert("Latency over time", id: "over-time", overTimeSection(report), after: "latency")
    page.insert("Interrupts by PE over time", id: "heat", heat.html(report.naming), after: "pes")
    let registers = ListRegisterHTML(report: report, outlooks: whatIf.results).html
    page.insert("List registers", id: "list-registers", registers, after: "virtual")
    try write(page.html)
  }

  private func overTimeSection(_ report: AnalysisReport) -> String {
    let picture = overTime.picture
    guard !picture.isEmpty else { return "" }
    var table = HTMLTable([
      ("injection → end", true), ("pending", true), ("handled", true), ("class", false), ("INTID", true), ("PE", true),
      ("at", true), ("events", false), ("", false),
    ])
    for one in overTime.worst {
      let life = one.life
      table.add(
        [
          Units.duration(one.length), life.span(.pendingToAcknowledge).map { Units.duration($0.length) } ?? "",
          life.span(.acknowledgeToEOI).map { Units.duration($0.length) } ?? "", life.interruptClass.name,
          "\(life.intid)", report.naming.text(life.pe), Units.moment(life.pendingTime),
          "#\(life.pendingEvent) → #\(life.acknowledgeEvent) → #\(life.endEvent)",
        ],
        link: MomentLink(life)
      )
    }
    return
      "<p class=\"faint\">From the mean (dot) to the worst (top of the bar) of each span, by class; rings mark the "
      + "five worst of all.</p>\n" + picture + "<h3>The worst</h3>\n" + table.html
  }
}

/// A link to a place on the timeline.
struct MomentLink {
  var time: UInt64
  var last: UInt64
  var event: UInt64

  init(_ life: InterruptLife) {
    time = life.firstTime
    last = max(life.endTime, life.firstTime)
    event = life.shown.contains(.pending) ? life.pendingEvent : life.acknowledgeEvent
  }

  var html: String {
    "<a class=\"moment\" href=\"#e=\(event)\" data-time=\"\(time)\" data-last=\"\(last)\" data-event=\"\(event)\">show</a>"
  }
}
