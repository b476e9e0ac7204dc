import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

/// What `gicscope record` leaves is read as one capture.
@Suite("Recording folders")
struct RecordingFolderTests {
  private static let trace = """
    # tracer: nop
              <idle>-0     [000] d.h1.    10.000000: irq_handler_entry: irq=13 name=arch_timer
              <idle>-0     [000] d.h1.    10.000010: irq_handler_exit: irq=13 ret=handled
              <idle>-0     [000] d.h1.    10.000020: irq_handler_entry: irq=20 name=virtio0-req.0
              <idle>-0     [000] d.h1.    10.000030: irq_handler_exit: irq=20 ret=handled

    """

  private func with<T>(_ files: [String: String], _ body: (String) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    return try body(folder.path)
  }

  /// The INTIDs of the handlers that are entered.
  private func intids(_ path: String, _ options: ImportOptions = ImportOptions()) throws -> [UInt64?] {
    let source = try openTrace(paths: [path], options: options)
    var batch = EventBatch()
    var intids: [UInt64?] = []
    while case let count = try source.read(into: &batch), count > 0 {
      for event in batch.slots[..<count] where event.kind == .handlerEnter {
        intids.append(event.flags.contains(.intidKnown) ? event.a >> 32 : nil)
      }
    }
    return intids
  }

  @Test("Handlers have the INTIDs that the files beside the trace say")
  func interrupts() throws {
    let files = [
      "recording.json": "{}", "trace.txt": Self.trace,
      "interrupts.txt":
        "           CPU0\n 13:  5  GICv3  26 Level  arch_timer\n 20:  1  ITS-MSI 16385 Edge  virtio0-req.0\n",
    ]
    #expect(try with(files) { try intids($0) } == [26, nil])
    let lpis = files.merging(["irqs.txt": "irq: 20\nhwirq: 1\nhwirq: 8193\n"]) { $1 }
    #expect(try with(lpis) { try intids($0) } == [26, 8193])
    var given = InterruptMap()
    given[20] = 9000
    let options = ImportOptions(isStrict: false, interrupts: given)
    #expect(try with(lpis) { try intids($0, options) } == [nil, 9000])
  }

  @Test("Without files beside it the trace is read all the same")
  func alone() throws {
    #expect(try with(["recording.json": "", "trace.txt": Self.trace]) { try intids($0) } == [nil, nil])
  }

  @Test("A recording without a trace says where to look")
  func failed() throws {
    try with(["recording.json": "{}"]) { folder in
      let error = #expect(throws: TraceError.self) { try openTrace(paths: [folder]) }
      #expect(error?.message.contains("trace-cmd.log") ?? false)
    }
  }
}
