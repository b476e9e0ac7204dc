import Foundation
import Glibc
import TestSupport
import Testing

@Suite("serve as a command")
struct ServeCommandTests {
  @Test("A port that another program uses is an error that says so, and what to do")
  func busyPort() throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appending(path: "a.log")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(taken) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(taken, $0, length) == 0 && listen(taken, 1) == 0 && getsockname(taken, $0, &length) == 0
        }
      }
      try #require(isBound)
      let port = UInt16(bigEndian: address.sin_port)
      let result = try BuiltProgram.run(["serve", capture.path, "--port", "\(port)"])
      #expect(result.status == 2)
      #expect(result.errors.contains("cannot listen on port \(port): another program"))
      #expect(result.errors.contains("--port"))
    }
  }
}
