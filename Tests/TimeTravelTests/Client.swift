import Foundation
import Testing

/// A connection to a server, byte for byte.
final class Client {
  private let descriptor: Int32

  init(_ port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
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
  }

  deinit { close(descriptor) }

  /// Sends as much as the server takes.
  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      at += count
    }
  }

  /// Everything up to the server's end of the connection.
  func receive() -> String {
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count <= 0 { break }
      answer += piece[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  /// One request, the whole answer.
  static func ask(
    _ port: UInt16, _ path: String, method: String = "GET", host: String? = "127.0.0.1", _ fields: String...
  ) throws -> String {
    let client = try Client(port)
    let header = (host.map { ["Host: \($0)"] } ?? []) + fields + ["Connection: close"]
    client.send("\(method) \(path) HTTP/1.1\r\n" + header.map { $0 + "\r\n" }.joined() + "\r\n")
    return client.receive()
  }
}
