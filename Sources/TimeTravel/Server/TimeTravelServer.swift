import FlyingFox
import FoundationEssentials
import Reports

/// FlyingFox has one of its own.
private typealias JSONValue = Reports.JSONValue

/// A web server for one capture on this machine's loopback interface. It serves one page and what that page asks for,
/// and nothing else: no files, no other host's pages.
public final class TimeTravelServer: Sendable {
  private let server: HTTPServer
  private let traveller: TimeTraveller

  /// A server that does not listen yet. Port 0 is any free one.
  public init(_ traveller: TimeTraveller, port: UInt16) throws {
    self.traveller = traveller
    server = HTTPServer(address: try .inet(ip4: "127.0.0.1", port: port), timeout: 60)
  }

  /// Serves until the task is cancelled or the program ends; `ready` gets the port once it listens.
  public func run(ready: @escaping @Sendable (UInt16) -> Void) async throws {
    let traveller = traveller
    await server.appendRoute("GET /") { request in Self.answer(request) { Self.page } }
    await server.appendRoute("GET /favicon.ico") { _ in HTTPResponse(statusCode: .noContent) }
    await server.appendRoute("GET /api/*") { request in
      guard Self.isLocal(request) else { return HTTPResponse(statusCode: .forbidden) }
      return await Self.answer(request, traveller)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      let server = server
      group.addTask { try await server.run() }
      group.addTask {
        try await server.waitUntilListening()
        if case .ip4(_, let port)? = await server.listeningAddress { ready(port) }
      }
      try await group.waitForAll()
    }
  }

  // MARK: Answers

  /// A page of another host that resolves to this machine may not ask (DNS rebinding).
  private static func isLocal(_ request: HTTPRequest) -> Bool {
    guard let host = request.headers[.host] else { return false }
    let name = host.split(separator: ":").first ?? ""
    return name == "127.0.0.1" || name == "localhost"
  }

  private static let security: [HTTPHeader: String] = [
    HTTPHeader("Content-Security-Policy"):
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'",
    HTTPHeader("X-Content-Type-Options"): "nosniff", HTTPHeader("Referrer-Policy"): "no-referrer",
    HTTPHeader("Cache-Control"): "no-store",
  ]

  private static var page: HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: HTTPHeaders(security.merging([.contentType: "text/html; charset=utf-8"]) { $1 }),
      body: Data(Page.html.utf8))
  }

  private static func answer(_ request: HTTPRequest, _ body: () -> HTTPResponse) -> HTTPResponse {
    isLocal(request) ? body() : HTTPResponse(statusCode: .forbidden)
  }

  private static func answer(_ request: HTTPRequest, _ traveller: TimeTraveller) async -> HTTPResponse {
    let query = Query(request)
    switch request.path {
    case "/api/trace": return json(await traveller.overview)
    case "/api/at":
      guard let event = query.event else { return bad("event is a number") }
      return json(await traveller.moment(at: event, since: query["since"].flatMap { UInt64($0) }))
    case "/api/place":
      guard let place = query["place"], let event = await traveller.event(at: place) else {
        return bad("a place is an event (#17), a time (1.5s, 20ms) or end")
      }
      return json(["event": .number(event)])
    case "/api/step":
      guard let event = query.event else { return bad("event is a number") }
      return json(["event": .optional(await traveller.step(from: event, forward: query.isForward))])
    case "/api/find":
      guard let event = query.event, let what = query["what"],
        let search = Search(what, intid: query.number("irq"), pe: query.number("pe"))
      else { return bad("event is a number, what one of: \(Search.kinds.map(\.name).joined(separator: ", "))") }
      return json(["event": .optional(await traveller.find(search, from: event, forward: query.isForward))])
    case "/api/why":
      guard let event = query.event, let intid = query.number("irq") else { return bad("irq and event are numbers") }
      return json(["why": .array(await traveller.why(intid, pe: query.number("pe"), at: event).map(\.json))])
    default: return HTTPResponse(statusCode: .notFound)
    }
  }

  private static func json(_ value: JSONValue, _ status: HTTPStatusCode = .ok) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: HTTPHeaders(security.merging([.contentType: "application/json"]) { $1 }),
      body: Data(value.compactText.utf8))
  }

  private static func bad(_ reason: String) -> HTTPResponse { json(["error": .string(reason)], .badRequest) }

  /// The parameters of a request.
  private struct Query {
    private let items: [HTTPRequest.QueryItem]
    init(_ request: HTTPRequest) { items = request.query }
    subscript(name: String) -> String? { items.first { $0.name == name }?.value }
    var event: UInt64? { self["event"].flatMap { UInt64($0) } }
    var isForward: Bool { self["back"] == nil }
    func number(_ name: String) -> UInt32? { self[name].flatMap { UInt32($0) } }
  }
}
