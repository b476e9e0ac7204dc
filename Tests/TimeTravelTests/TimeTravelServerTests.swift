import Foundation
import InterruptTrace
import Replay
import Testing

@testable import TimeTravel

@Suite("Time travel server")
struct TimeTravelServerTests {
  private func serving(_ body: @escaping @Sendable (UInt16) throws -> Void) async throws {
    let events = (0..<20).map { Event(time: UInt64($0), kind: .softirqEnter) }
    let traveller = try TimeTraveller(
      source: EventArraySource(events), path: "<a>.log", directory: NSTemporaryDirectory(),
      registerName: { _, _ in nil })
    try await withServer(traveller, body)
  }

  /// One request, spelled out; the whole answer.
  private func ask(_ port: UInt16, _ path: String, host: String = "127.0.0.1") throws -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    try #require(isConnected)
    let request = Array("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
    try #require(send(descriptor, request, request.count, 0) == request.count)
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count <= 0 { break }
      answer += piece[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  @Test("It serves its page, what the page asks for, and nothing else; only to this machine's own names")
  func serves() async throws {
    try await serving { [self] port in
      let page = try ask(port, "/")
      #expect(page.contains("200 OK") && page.contains("<title>gicscope</title>"))
      #expect(page.lowercased().contains("content-security-policy"))
      for reference in ["http://", "https://", "<link", "src="] { #expect(!page.contains(reference)) }
      #expect(try ask(port, "/api/at?event=7").contains("\"event\":7"))
      #expect(try ask(port, "/api/step?event=7&back=1").contains("{\"event\":6}"))
      #expect(try ask(port, "/api/at?event=x").contains("400"))
      #expect(try ask(port, "/api/find?event=1&what=nonsense").contains("list-register"))
      #expect(try ask(port, "/etc/passwd").contains("404"))
      #expect(try ask(port, "/api/../etc/passwd").contains("404"))
      #expect(try ask(port, "/api/trace", host: "elsewhere.example").contains("403"))
      #expect(try ask(port, "/", host: "elsewhere.example").contains("403"))
    }
  }
}
