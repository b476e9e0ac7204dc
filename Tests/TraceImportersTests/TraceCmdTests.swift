import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

/// trace-cmd's own reading of the same file. Where trace-cmd is not installed these tests are skipped, and say so.
@Suite("Against trace-cmd", .enabled(if: TraceCmd.isInstalled, "trace-cmd is not installed"))
struct TraceCmdTests {
  private static let capture = CaptureFormsTests.folder.appending(path: "trace.dat").path

  /// trace-cmd's plugin prints the instruction that a guest waits with wrongly.
  private func withoutWaits(_ events: [Event]) -> [Event] { events.filter { $0.kind != .wfx } }

  private func events(_ path: String) throws -> [Event] {
    try Imported(openTrace(paths: [path]), batch: 1024).events
  }

  @Test(
    "Files that trace-cmd writes import to the events that its text of them imports to",
    arguments: [(6, "none"), (7, "none"), (7, "zlib"), (7, "zstd")])
  func versions(version: Int, compression: String) throws {
    try TraceCmd.withFolder { folder in
      let file = folder.appending(path: "converted.dat").path
      try TraceCmd.run([
        "convert", "-i", Self.capture, "-o", file, "--file-version", "\(version)", "--compression", compression,
      ])
      guard let head = try? Data(contentsOf: URL(filePath: file)).prefix(64) else {
        print("trace-cmd here does not write version \(version) with \(compression): not compared")
        return
      }
      #expect(head.dropFirst(10).first == UInt8(ascii: version == 6 ? "6" : "7"))
      #expect(compression == "none" || head.contains(Data(compression.utf8)))
      let own = withoutWaits(try events(file))
      #expect(own.count > 7000)
      let text = folder.appending(path: "report.txt")
      try TraceCmd.run(["report", "-t", "-i", file]).write(to: text)
      #expect(try withoutWaits(events(text.path)) == own)
      // Without -t, times are rounded to microseconds.
      try TraceCmd.run(["report", "-i", file]).write(to: text)
      #expect(try withoutWaits(events(text.path)) == CaptureFormsTests.rounded(own))
    }
  }
}

/// The program.
enum TraceCmd {
  static let path = "/usr/bin/trace-cmd"
  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// Runs it and returns what it writes to standard output.
  @discardableResult
  static func run(_ arguments: [String]) throws -> Data {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return text
  }

  static func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}

extension Data {
  fileprivate func contains(_ other: Data) -> Bool { range(of: other) != nil }
}
