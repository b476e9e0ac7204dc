import Analyzers

/// A finding as the page shows it.
struct HTMLFinding {
  /// A condition of its chain, and the moment of the event that made it so.
  struct Reason {
    var text: String
    var event: String?
    /// In ns, where it is known: the page links to it.
    var moment: Moment?
  }

  /// When an event was.
  struct Moment {
    var from: String
    var to: String
    var event: String
    var name: String
  }

  var severity = "", summary = "", kind = "", certainty = "", times = "", first = "", first_event = "", first_ns = ""
  var last_ns = "", intid = "", pe = "", domain = "", isVirtual = "", next: String?
  var chain: [Reason] = []

  init(_ finding: Finding, _ moments: EventTimes) {
    (severity, summary, kind) = (finding.severity.name, finding.summary, finding.kind.name)
    certainty = finding.certainty.name
    times = finding.count == 1 ? "once" : Units.count(finding.count, "time")
    first = Units.moment(finding.firstTime)
    first_event = "\(finding.firstEvent)"
    (first_ns, last_ns) = ("\(finding.firstTime)", "\(finding.lastTime)")
    intid = finding.intid.map { "\($0)" } ?? ""
    pe = finding.pe.map { "\($0)" } ?? ""
    domain = "\(finding.domain)"
    if finding.isVirtual || finding.domain != 0 { isVirtual = "yes" }
    next = finding.next.isEmpty ? nil : finding.next
    chain = finding.chain.map { link in
      Reason(text: link.text, event: link.event.map { "\($0)" }, moment: link.event.flatMap { Moment($0, moments) })
    }
  }
}

extension HTMLFinding.Moment {
  fileprivate init?(_ event: UInt64, _ moments: EventTimes) {
    guard let time = moments.time(of: event) else { return nil }
    let isExact = time.lowerBound == time.upperBound
    self.init(
      from: "\(time.lowerBound)", to: "\(time.upperBound)", event: "\(event)",
      name: (isExact ? "at " : "about ") + Units.moment(time.lowerBound))
  }
}
