import Reports
import Synchronization

/// What is served: the page, and answers to what it asks about a capture.
package final class Site: Sendable {
  private struct Capture {
    var traveller: TimeTraveller
    /// What does not change is at hand however busy the traveller is.
    var overview: Answer
  }

  private let capture = Mutex<Capture?>(nil)
  private let page = Answer(.ok, "text/html; charset=utf-8", Array(Page.html.utf8))

  /// A site without a capture.
  package init() {}

  /// There is a capture to answer about.
  package func open(_ traveller: TimeTraveller) {
    let overview = Answer.json(traveller.overview)
    capture.withLock { $0 = Capture(traveller: traveller, overview: overview) }
  }

  /// The answer to a request, if it takes no look at the capture.
  package func immediateAnswer(_ query: Query) -> Answer? {
    if query.path == "/favicon.ico" { return Answer(.noContent, "image/x-icon", []) }
    guard let capture = capture.withLock({ $0 }) else { return Self.reading }
    switch query.path {
    case "/": return page
    case "/api/trace": return capture.overview
    case "/api/at", "/api/place", "/api/step", "/api/find", "/api/why": return nil
    default: return .refused(.notFound, "there is no such page")
    }
  }

  /// The answer to any other.
  package func answer(_ query: Query) async -> Answer {
    guard let capture = capture.withLock({ $0 }) else { return Self.reading }
    return await answer(query, capture.traveller)
  }

  private static let reading = Answer(
    .serviceUnavailable, "text/html; charset=utf-8",
    Array(
      "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=1><title>gicscope</title>The capture is being read.\n"
        .utf8), [("Retry-After", "1")])

  private func answer(_ query: Query, _ traveller: TimeTraveller) async -> Answer {
    switch query.path {
    case "/api/at":
      guard let event = query.event else { return .bad("event is a number") }
      return .json(await traveller.moment(at: event, since: query["since"].flatMap { UInt64($0) }))
    case "/api/place":
      guard let place = query["place"], let event = await traveller.event(at: place) else {
        return .bad("a place is an event (#17), a time (1.5s, 20ms) or end")
      }
      return .json(["event": .number(event)])
    case "/api/step":
      guard let event = query.event else { return .bad("event is a number") }
      return .json(["event": .optional(await traveller.step(from: event, forward: query.isForward))])
    case "/api/find":
      guard query.isNumber("irq"), query.isNumber("pe") else { return .bad("irq and pe are numbers below 2³²") }
      guard let event = query.event, let what = query["what"],
        let search = Search(what, intid: query.number("irq"), pe: query.number("pe"))
      else { return .bad("event is a number, what one of: \(Search.kinds.map(\.name).joined(separator: ", "))") }
      return .json(["event": .optional(await traveller.find(search, from: event, forward: query.isForward))])
    case "/api/why":
      guard let event = query.event, let intid = query.number("irq") else { return .bad("irq and event are numbers") }
      guard let domain = query.domain else { return .bad("domain is 0, or the number of a guest") }
      let ladders = await traveller.why(intid, pe: query.number("pe"), domain: domain, at: event)
      return .json(["why": .list(ladders.map(\.json))])
    default: return .refused(.notFound, "there is no such page")
    }
  }
}
