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

  /// The true difference of these clocks is 872.31846 to 872.31857 s.
  @Test("A guest's own trace beside its host's is merged with it", arguments: ["guest.txt", "trace-vm.dat"])
  func guest(name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent()
    let cases = tests.appending(path: "../../Traces/kvm-cases").standardized
    let copies = [
      ("host.txt.zst", "trace.txt"), ("guest.txt.zst", name), ("interrupts.txt", "guest-interrupts.txt"),
    ]
    try with(["recording.json": "{}"]) { path in
      for (file, copy) in copies {
        try FileManager.default.copyItem(
          at: cases.appending(path: "guest-clock-" + file), to: URL(filePath: path).appending(path: copy))
      }
      let events = try Imported(openTrace(paths: [path])).events
      var inside: Set<UInt32> = []
      var (right, all, numbered) = (0, 0, 0)
      for event in events where event.domain == 1 {
        switch event.kind {
        case .guestEnter: inside.insert(event.pe)
        case .guestExit: inside.remove(event.pe)
        case .handlerEnter:
          all += 1
          if inside.contains(event.pe) { right += 1 }
          if event.flags.contains(.intidKnown) { numbered += 1 }
        default: break
        }
      }
      #expect(all > 200 && right == all && numbered > all / 2, "\(right) \(all) \(numbered)")
    }
  }

  @Test("A guest's trace of another run is refused with what to do")
  func foreignGuest() throws {
    let files = ["recording.json": "{}", "trace.txt": Self.trace, "guest.txt": Self.trace]
    let error = #expect(throws: TraceError.self) { try with(files) { _ = try openTrace(paths: [$0]) } }
    #expect(error?.message.contains("the same run") == true)
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
