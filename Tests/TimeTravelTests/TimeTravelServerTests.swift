import Foundation
import InterruptTrace
import Replay
import Testing

@testable import TimeTravel

@Suite("Time travel server")
struct TimeTravelServerTests {
  private func serving(
    limits: ServerLimits = ServerLimits(), events: Int = 20, _ body: @escaping @Sendable (UInt16) throws -> Void
  ) async throws {
    let events = (0..<events).map { Event(time: UInt64($0), kind: .softirqEnter) }
    let traveller = try TimeTraveller(
      source: EventArraySource(events), path: "<a>.log", directory: NSTemporaryDirectory(),
      registerName: { _, _ in nil })
    try await withServer(traveller, limits: limits, body)
  }

  private static func isAnswered(_ port: UInt16) throws -> Bool {
    try Client.ask(port, "/api/trace").hasPrefix("HTTP/1.1 200 OK\r\n")
  }

  @Test("It serves its page, what the page asks for, and nothing else")
  func serves() async throws {
    try await serving { port throws in
      let page = try Client.ask(port, "/")
      #expect(page.contains("200 OK") && page.contains("<title>gicscope</title>"))
      #expect(page.lowercased().contains("content-security-policy"))
      for reference in ["http://", "https://", "<link", "src="] { #expect(!page.contains(reference)) }
      #expect(try Client.ask(port, "/api/at?event=7").contains("\"event\":7"))
      #expect(try Client.ask(port, "/api/step?event=7&back=1").contains("{\"event\":6}"))
      #expect(try Client.ask(port, "/api/place?place=%237").contains("{\"event\":7}"))
      #expect(try Client.ask(port, "/api/at?event=x").contains("400"))
      #expect(try Client.ask(port, "/api/find?event=1&what=nonsense").contains("list-register"))
      #expect(try Client.ask(port, "/etc/passwd").contains("404"))
      #expect(try Client.ask(port, "/api/../etc/passwd").contains("404"))
    }
  }

  @Test(
    "Only this machine's own names are answered to, one of them, and well formed",
    arguments: [
      "elsewhere.example", "localhost.elsewhere.example", "127.0.0.1.elsewhere.example", "localhost:", "localhost:x",
      "localhost:80:80", "localhost:80@elsewhere", "localhost:99999", "localhost:+80", "[::1]", "", "127.0.0.2",
      "user@localhost",
    ]
  )
  func host(name: String) async throws {
    try await serving { port throws in
      for path in ["/", "/api/trace", "/favicon.ico"] {
        #expect(try Client.ask(port, path, host: name).hasPrefix("HTTP/1.1 403"), "\(name)")
      }
      #expect(try Client.ask(port, "/", host: nil).hasPrefix("HTTP/1.1 403"))
      #expect(try Client.ask(port, "/", host: "localhost", "Host: \(name)").hasPrefix("HTTP/1.1 4"))
      for good in ["localhost", "LocalHost:\(port)", "127.0.0.1:\(port)", "localhost:9000"] {
        #expect(try Client.ask(port, "/", host: good).hasPrefix("HTTP/1.1 200"), "\(good)")
      }
    }
  }

  @Test("Requests that other sites make are refused")
  func crossSite() async throws {
    try await serving { port throws in
      for field in [
        "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: null", "Origin: http://elsewhere.example",
        "Origin: https://127.0.0.1",
      ] {
        #expect(try Client.ask(port, "/api/trace", field).hasPrefix("HTTP/1.1 403"), "\(field)")
      }
      for field in ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none", "Origin: http://127.0.0.1"] {
        #expect(try Client.ask(port, "/api/trace", field).hasPrefix("HTTP/1.1 200"), "\(field)")
      }
    }
  }

  @Test("HEAD gets the header of GET and no body; other methods are refused")
  func methods() async throws {
    try await serving { port throws in
      let (whole, head) = (try Client.ask(port, "/api/trace"), try Client.ask(port, "/api/trace", method: "HEAD"))
      #expect(head.hasSuffix("\r\n\r\n") && whole.hasPrefix(head))
      for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let answer = try Client.ask(port, "/api/trace", method: method)
        #expect(answer.hasPrefix("HTTP/1.1 405") && answer.contains("Allow: GET, HEAD"), "\(method)")
      }
    }
  }

  @Test("Connections that are left with half a request lock nobody out, open or closed")
  func halfRequests() async throws {
    var limits = ServerLimits()
    limits.connections = 16
    try await serving(limits: limits) { port throws in
      var clients: [Client] = []
      for _ in 0..<200 {
        let client = try Client(port)
        client.send("GET / HT")
        clients.append(client)
      }
      #expect(try Self.isAnswered(port))
      clients = []
      #expect(try Self.isAnswered(port))
      for _ in 0..<200 { _ = try Client(port) }
      #expect(try Self.isAnswered(port))
    }
  }

  @Test("Heads of any size, bodies that never come and what is no HTTP are refused, and others are answered meanwhile")
  func oversized() async throws {
    try await serving { port throws in
      let long = String(repeating: "A", count: 400_000)
      for text in [
        "GET /" + long, "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + long,
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + (0..<9000).map { "X\($0): y\r\n" }.joined(),
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n" + long,
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n", String(repeating: "\0", count: 1000),
        "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        "GET http://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n\r\n\r\nGARBAGE\r\n\r\n",
      ] {
        let (client, other) = (try Client(port), try Client(port))
        client.send(text)
        other.send(text)
        #expect(try Self.isAnswered(port))
        // The server ends the connection by itself.
        let answer = client.receive()
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(100))")
      }
    }
  }

  @Test("A request that does not come, byte by byte or not at all, is not waited for")
  func slowRequest() async throws {
    var limits = ServerLimits()
    limits.request = .milliseconds(200)
    try await serving(limits: limits) { port throws in
      let (silent, slow) = (try Client(port), try Client(port))
      for byte in "GET / HTTP/1.1\r\nHost: localhost" {
        slow.send(String(byte))
        usleep(20_000)
      }
      #expect(silent.receive().isEmpty)
      #expect(slow.receive().isEmpty)
    }
  }

  @Test("A client that does not take its answer is not waited for")
  func slowReader() async throws {
    var limits = ServerLimits()
    limits.answer = .milliseconds(200)
    try await serving(limits: limits) { port throws in
      let client = try Client(port)
      // More answers than buffers on the way hold.
      for _ in 0..<1000 { client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") }
      usleep(600_000)
      #expect(try Self.isAnswered(port))
      #expect(client.receive().utf8.count < 1000 * Page.html.utf8.count)
    }
  }

  @Test("Many requests on one connection are answered in order")
  func keepAlive() async throws {
    try await serving { port throws in
      let client = try Client(port)
      for event in 0..<20 {
        let end = event == 19 ? "Connection: close\r\n" : ""
        client.send("GET /api/step?event=\(event)&back=1 HTTP/1.1\r\nHost: localhost\r\n\(end)\r\n")
      }
      let events = client.receive().matches(of: /"event":(null|\d+)/).map { String($0.1) }
      #expect(events == ["null"] + (0..<19).map(String.init))
    }
  }

  @Test("It listens before the capture is read, and says that it is being read")
  func reading() throws {
    let server = try TimeTravelServer(port: 0)
    defer { server.stop() }
    #expect(server.port != 0)
    let answer = try Client.ask(server.port, "/")
    #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("being read"))
    #expect(throws: TimeTravelServer.ListenError.self) { try TimeTravelServer(port: server.port) }
  }
}
