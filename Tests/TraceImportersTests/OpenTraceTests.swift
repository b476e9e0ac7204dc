import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Opening captures")
struct OpenTraceTests {
  private func file(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("gicscope-\(UUID().uuidString)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func all(_ source: any EventSource) throws -> [Event] {
    var batch = EventBatch()
    var events: [Event] = []
    while try source.read(into: &batch) > 0 { events += Array(batch.events) }
    return events
  }

  @Test("A QEMU log is recognised by its content")
  func qemuLog() throws {
    try file(Array(excerpt.utf8)) { path in
      let source = try openTrace(paths: [path])
      #expect(source.format == TraceFormat(name: "qemu-log"))
      #expect(try all(source) == Imported(excerpt).events)
      #expect(source.statistics.bytesTotal == UInt64(excerpt.utf8.count))
    }
  }

  @Test("A native file is recognised by its content")
  func nativeFile() throws {
    let magic: [UInt8] = [0x4D, 0x3C, 0xB2, 0xA1]
    let header = magic + [2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 147, 0, 0, 0]
    try file(header) { path in
      let source = try openTrace(paths: [path])
      #expect(source.format.name == "native")
      #expect(try all(source).isEmpty)
    }
  }

  @Test("Other output of -d may come before the first event")
  func textFirst() throws {
    let text = String(repeating: "IN: main\n0x40000000: 58000000 ldr x0\n", count: 5000) + excerpt
    try file(Array(text.utf8)) { path in
      let source = try openTrace(paths: [path])
      #expect(source.format.name == "qemu-log")
    }
  }

  @Test(
    "What is not known is refused with what it looks like",
    arguments: [
      ([], "empty"), (Array("PERFILE2".utf8), "perf script"), (Array("# tracer: nop\n".utf8), "without records"),
      (Array("hello\nworld\n".utf8), "'hello'"), ([0, 1, 2, 0xFF], "0 1 2 ff"),
      ([0x28, 0xB5, 0x2F, 0xFD, 0xFF, 0xFF, 0xFF, 0xFF], "decompressed"),
      (Array("1@1700000000.000000:virtio_notify vdev 0x1\n".utf8), "without GIC"),
      (Array("2026-11-29T17:32:14.301035Z gicv5_update_irq_fiq now IRQ 0 FIQ 0 NMI 0\n".utf8), "GICv5"),
    ] as [([UInt8], String)]
  )
  func unknown(bytes: [UInt8], words: String) throws {
    try file(bytes) { path in
      do throws(TraceError) {
        _ = try openTrace(paths: [path])
        Issue.record("accepted")
      } catch {
        #expect(error.exitCode == 3)
        #expect(error.message.contains(words))
        #expect(error.message.contains("QEMU log"))
      }
    }
  }

  @Test("A file that is not there is unreadable")
  func missing() {
    #expect(throws: TraceError.self) { try openTrace(paths: ["/nonexistent/trace.log"]) }
    #expect(throws: TraceError.self) { try openTrace(paths: []) }
  }

  @Test("Files of several threads are one capture, merged by time, each in the order of its effects")
  func threadFiles() throws {
    let read = "gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x"
    let first =
      stamped([read + "0 value 0x1"], thread: 10, from: 0) + "Taking exception 2 [SVC] on CPU 0\n"
      + stamped(pair(0) + pair(1) + [distributorWrite], thread: 10, from: 100)
    let second =
      "Exception return from AArch64 EL1 to AArch64 EL0 PC 0x10\n"
      + stamped([read + "1 value 0x2"], thread: 11, from: 50) + stamped([read + "1 value 0x3"], thread: 11, from: 200)
    try file(Array(first.utf8)) { a in
      try file(Array(second.utf8)) { b in
        let source = try openTrace(paths: [a, b])
        let events = try all(source)
        #expect(
          events.map(\.kind) == [
            .sysregRead, .exceptionEntry, .exceptionReturn, .sysregRead, .mmioWrite, .highestPending, .cpuLine,
            .highestPending, .cpuLine, .sysregRead,
          ]
        )
        #expect(events.map(\.pe) == [0, 0, 1, 1, 0, 0, 0, 1, 1, 1])
        #expect(source.topology[.epoch] == 1_700_000_000_000_000_000)
        #expect(source.statistics.records == 10)
      }
    }
  }

  @Test("QEMU 11 names no thread: of a log with a file for each, the file is the PE, given one by one or as a folder")
  func threadFilesWithoutThreads() throws {
    let stamp = "2026-11-29T17:12:09.1000"
    func text(_ pe: Int, _ start: Int, _ lines: [String]) -> String {
      let access = "gic_cpu_write cpu \(pe) iface write at 0x00000004 0x000000f0"
      return ([access] + lines).enumerated().map { "\(stamp)\(start + $0.offset)Z \($0.element)\n" }.joined()
    }
    let files = [
      "trace-0.log": text(0, 10, ["gic_dist_write dist write at 0x00000300 size 4: 0x08000000"]),
      "trace-1.log": text(1, 20, ["gic_hyp_write hyp write at 0x00000000: 0x00000001"]),
      "console.log": "a guest's output\n",
    ]
    let folder = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    let given = ["trace-0.log", "trace-1.log"].map { folder.appending(path: $0).path }
    for paths in [given, [folder.path]] {
      let events = try all(openTrace(paths: paths))
      #expect(events.map(\.pe) == [0, 0, 1, 1])
      #expect(events.map(\.frame) == [.gicc, .gicd, .gicc, .gich])
    }
  }

  @Test("A folder without anything that is read is refused with what a folder can be")
  func emptyFolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: TraceError.self) { try openTrace(paths: [folder.path]) }
  }
}
