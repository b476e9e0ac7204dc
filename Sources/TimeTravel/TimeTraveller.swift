import Analyzers
import InterruptTrace
import Replay
import Reports

/// A capture to move about in: answers what the page asks, one question at a time.
public actor TimeTraveller {
  private let timeline: ReplayTimeline
  /// What was read.
  public nonisolated let summary: TraceSummary
  /// What the page shows of the capture as a whole.
  nonisolated let overview: ValueTree
  private var printer: EventPrinter
  /// What is known of the interrupts at the event that was asked about last.
  private var follower: (index: UInt64, follower: InterruptFollower)?
  private let names: KernelInterruptNames

  /// Replays a capture once, analysing it on the way.
  ///
  /// - Parameters:
  ///   - path: how the capture is named on the page.
  ///   - directory: for the events, 32 bytes each.
  ///   - registerName: names memory-mapped registers.
  public init(
    source: sending any EventSource, path: String, options: ReplayOptions = ReplayOptions(), directory: String,
    registerName: @escaping @Sendable (Frame, UInt32) -> String?,
    onProgress: (@Sendable (ReplayProgress) -> Void)? = nil
  ) throws {
    var analysisOptions = AnalysisOptions()
    analysisOptions.captureName = path
    let analysis = Analysis(options: analysisOptions)
    var density = EventDensity()
    timeline = try ReplayTimeline(
      source: source,
      options: options,
      directory: directory,
      follower: { analysis.follower },
      onProgress: onProgress,
      consume: {
        try analysis.consume($0)
        density.consume($0)
      }
    )
    let results = analysis.results
    let report = AnalysisReport(
      trace: TraceSummary(
        path: path, format: timeline.format, events: timeline.count, firstTime: timeline.firstTime,
        lastTime: timeline.lastTime, gaps: results.gapCount, statistics: timeline.statistics,
        topology: timeline.topology),
      results: results,
      predictions: timeline.predictions
    )
    names = KernelInterruptNames(results.kernel)
    summary = report.trace
    overview = Self.overview(report, density)
    printer = EventPrinter(.text, registerName: registerName)
  }

  private static func overview(_ report: AnalysisReport, _ density: EventDensity) -> ValueTree {
    Document.json(
      command: "serve",
      trace: report.trace,
      [
        .init("controller", .text(report.trace.topology.title)),
        .init("findings", report.json["findings"] ?? []),
        .init("searches", .list(Search.kinds.map { .text($0.name) })),
        .init("density", ["width": .number(density.width), "counts": .list(density.counts.map(ValueTree.number))]),
      ]
    )
  }

  /// The moment of an event, with what is different from `earlier`.
  func moment(at index: UInt64, since earlier: UInt64? = nil) -> ValueTree {
    guard timeline.count > 0, !Task.isCancelled else { return .unknown }
    return Moment(timeline, at: min(index, timeline.count - 1), since: earlier, printer: &printer).json(names)
  }

  /// The event at a place as a person writes it: `#17`, `1.5s`, `end`; nil if it is none.
  func event(at place: String) -> UInt64? {
    guard timeline.count > 0 else { return nil }
    switch ReplayPosition(place) {
    case .event(let number): return timeline.record(of: number)
    case .time(let time): return timeline.event(at: time) ?? 0
    case .end: return timeline.record(of: timeline.count - 1)
    case nil: return nil
    }
  }

  /// The next or the previous place of a kind; nil if there is none. Ends early for somebody who has gone.
  func find(_ search: Search, from index: UInt64, forward: Bool) -> UInt64? {
    guard !Task.isCancelled else { return nil }
    let matches = { (transition: Transition) in search.matches(transition) || Task.isCancelled }
    return forward ? timeline.next(after: index, matches) : timeline.previous(before: index, matches)
  }

  /// The next or the previous event.
  func step(from index: UInt64, forward: Bool) -> UInt64? {
    let index = timeline.record(of: index)
    if !forward { return index == 0 ? nil : timeline.record(of: index - 1) }
    return index + 1 < timeline.count ? index + 1 : nil
  }

  /// Why an interrupt was or was not delivered, at an event: the ladder of each PE that it concerns. Of a guest's it is
  /// O(events up to there).
  func why(_ intid: UInt32, pe: UInt32?, domain: UInt16 = Domain.physical, at index: UInt64) -> [DeliveryLadder] {
    guard timeline.count > 0, !Task.isCancelled else { return [] }
    let index = timeline.record(of: index)
    guard domain == Domain.physical else {
      let ladder = GuestLadder(domain: domain, intid: intid)
      timeline.replay(to: index) { if !Task.isCancelled { ladder.consume($0) } }
      return ladder.ladders(pe: pe, timeline.guestInterrupts(domain: domain, intid: intid))
    }
    if follower?.index != index {
      follower = (timeline.follower(at: index) as? InterruptFollower).map { (index, $0) }
    }
    return follower?.follower.ladders(intid: intid, pe: pe, peCount: timeline.topology.peCount) ?? []
  }
}
