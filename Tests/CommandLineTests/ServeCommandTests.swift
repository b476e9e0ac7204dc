import Foundation
import Glibc
import HeadlessBrowser
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

  @Test(
    "The page says in words that the server is gone, and what to do",
    .enabled(if: Browser.isInstalled, "Chromium is not installed"))
  func serverGone() throws {
    try BuiltProgram.withDirectory { directory in
      let capture = directory.appending(path: "a.log")
      try Data(BuiltProgram.log.utf8).write(to: capture)
      let (process, output) = (Process(), Pipe())
      process.executableURL = URL(filePath: BuiltProgram.path)
      process.arguments = ["serve", capture.path, "--port", "0"]
      process.standardOutput = output
      process.standardError = output
      try process.run()
      // Who starts a program from a thread that blocks signals leaves them blocked: SIGTERM may not end it.
      func end() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
      defer { end() }
      var said = ""
      while !said.contains(/http:\S+\s/) {
        let piece = output.fileHandleForReading.availableData
        try #require(!piece.isEmpty, "it ended: \(said)")
        said += String(decoding: piece, as: UTF8.self)
      }
      let browser = try Browser(String(try #require(said.firstMatch(of: /http:\S+/)).0))
      try browser.wait("document.documentElement.dataset.ready === 'yes'")
      end()
      process.waitUntilExit()
      try browser.press("ArrowRight")
      try browser.wait("document.getElementById('now').textContent.startsWith('The server is gone: ')")
      let hasAdvice = "document.getElementById('now').textContent.includes('Start it again')"
      #expect(try browser.value(hasAdvice) as? Bool == true)
    }
  }
}
