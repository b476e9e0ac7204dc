import InterruptTrace

/// A finding as the page shows it, from the JSON report's object.
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

  static func all(_ findings: ValueTree?, _ moments: EventTimes) -> [HTMLFinding] {
    guard case .list(let list)? = findings else { return [] }
    return list.map { HTMLFinding($0, moments) }
  }

  private init(_ json: ValueTree, _ moments: EventTimes) {
    func word(_ key: String) -> String {
      if case .text(let text)? = json[key] { return text }
      return ""
    }
    func number(_ key: String) -> UInt64? {
      if case .number(let value)? = json[key] { return value }
      return nil
    }
    (severity, summary, kind, certainty) = (word("severity"), word("summary"), word("kind"), word("certainty"))
    let count = number("count") ?? 1
    times = count == 1 ? "once" : "\(Units.count(count)) times"
    first = Units.moment(number("first_ns") ?? 0)
    first_event = "\(number("first_event") ?? 0)"
    (first_ns, last_ns) = ("\(number("first_ns") ?? 0)", "\(number("last_ns") ?? 0)")
    intid = number("intid").map { "\($0)" } ?? ""
    pe = number("pe").map { "\($0)" } ?? ""
    domain = "\(number("domain") ?? 0)"
    if case .bool(true)? = json["virtual"] { isVirtual = "yes" } else if domain != "0" { isVirtual = "yes" }
    next = word("next").isEmpty ? nil : word("next")
    if case .list(let links)? = json["chain"] {
      chain = links.map { link in
        if case .text(let text) = link { return Reason(text: text) }
        var condition = Reason(text: link.compactJSON)
        if case .text(let text)? = link["text"] { condition.text = text }
        guard case .number(let event)? = link["event"] else { return condition }
        condition.event = "\(event)"
        condition.moment = moments.time(of: event).map { time in
          let isExact = time.lowerBound == time.upperBound
          return Moment(
            from: "\(time.lowerBound)", to: "\(time.upperBound)", event: "\(event)",
            name: (isExact ? "at " : "about ") + Units.moment(time.lowerBound))
        }
        return condition
      }
    }
  }
}
