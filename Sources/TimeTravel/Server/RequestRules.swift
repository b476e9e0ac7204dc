import NIOHTTP1

/// Which requests are answered at all: reads without a body, by this machine's own name, from the server's own page or
/// from a person.
enum RequestRules {
  /// Why a request is refused; nil for one that is not.
  static func refusal(_ head: HTTPRequestHead) -> Answer? {
    guard let host = soleHost(head.headers) else {
      return .refused(.forbidden, "this server answers to 127.0.0.1 and localhost only")
    }
    if let refusal = crossSiteRefusal(head.headers, host) { return refusal }
    guard head.method == .GET || head.method == .HEAD else {
      return .refused(.methodNotAllowed, "only GET and HEAD", [("Allow", "GET, HEAD")])
    }
    guard head.uri.hasPrefix("/") else { return .refused(.badRequest, "the target is a path") }
    let length = head.headers["Content-Length"]
    guard !head.headers.contains(name: "Transfer-Encoding"), length.allSatisfy({ $0 == "0" }) else {
      return .refused(.payloadTooLarge, "no request has a body here")
    }
    return nil
  }

  /// The one Host field, if it names this machine: a page of another host whose name leads here may not ask (DNS
  /// rebinding). The port is not compared: a tunnel has another one.
  private static func soleHost(_ headers: HTTPHeaders) -> String? {
    let hosts = headers["Host"]
    guard hosts.count == 1, let host = hosts.first else { return nil }
    let parts = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0] == "127.0.0.1" || parts[0].lowercased() == "localhost" else { return nil }
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(parts[1]), port > 0 else {
        return nil
      }
    }
    return host
  }

  /// Browsers say where a request comes from: https://www.w3.org/TR/fetch-metadata/ and RFC 6454.
  private static func crossSiteRefusal(_ headers: HTTPHeaders, _ host: String) -> Answer? {
    let isOwnSite = headers["Sec-Fetch-Site"].allSatisfy { $0 == "same-origin" || $0 == "none" }
    let isOwnOrigin = headers["Origin"].allSatisfy { $0.lowercased() == "http://" + host.lowercased() }
    return isOwnSite && isOwnOrigin ? nil : .refused(.forbidden, "other sites may not ask")
  }
}
