import InterruptTrace
import NIOHTTP1
import Reports

/// What a request gets.
package struct Answer: Sendable {
  package var status: HTTPResponseStatus
  var contentType: String
  var body: [UInt8]
  private var others: [(String, String)]

  init(_ status: HTTPResponseStatus, _ contentType: String, _ body: [UInt8], _ others: [(String, String)] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.others = others
  }

  /// A JSON document.
  static func json(_ value: ValueTree, _ status: HTTPResponseStatus = .ok) -> Answer {
    Answer(status, "application/json", Array(value.compactJSON.utf8))
  }

  /// A question that cannot be answered.
  static func bad(_ reason: String) -> Answer { json(["error": .text(reason)], .badRequest) }

  /// A request that is not for this server.
  static func refused(_ status: HTTPResponseStatus, _ reason: String, _ others: [(String, String)] = []) -> Answer {
    Answer(status, "text/plain; charset=utf-8", Array((reason + "\n").utf8), others)
  }

  /// The header of the response, but for what the connection adds. The page runs its own script, asks its own server, and
  /// nothing else.
  var fields: HTTPHeaders {
    HTTPHeaders(
      [
        ("Content-Type", contentType), ("Content-Length", "\(body.count)"),
        (
          "Content-Security-Policy",
          "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
      ] + others)
  }
}
