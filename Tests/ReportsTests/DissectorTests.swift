import Foundation
import GICModel
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Reports

/// The Wireshark dissector knows events and registers as gicscope does. `UPDATE_GOLDEN=1` rewrites its tables.
@Suite("Wireshark dissector")
struct DissectorTests {
  static let file = BundledCapture.root.appending(path: "Analyses/wireshark/gicscope.lua")

  @Test("Its tables are those of EventLayout, RegisterMap and SystemRegister")
  func tables() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    var expected = text
    for (name, table) in [
      ("kinds", EventLayout.all.map(Self.row).joined()), ("maps", Self.maps), ("systemRegisters", Self.systemRegisters),
    ] {
      let begin = try #require(expected.range(of: "-- BEGIN \(name)\n"))
      let end = try #require(expected.range(of: "-- END \(name)"))
      expected.replaceSubrange(begin.upperBound..<end.lowerBound, with: table)
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try expected.write(to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    #expect(text == expected)
  }

  private static func row(_ layout: EventLayout) -> String {
    let fields = layout.fields.map { field in
      ", { \"\(field.name)\", \"\(field.word)\", \(field.low), \(field.width), \"\(field.style)\" }"
    }
    return "  [\(layout.kind.rawValue)] = { \"\(layout.name)\"\(fields.joined()) },\n"
  }

  private static var maps: String {
    [Frame.gicd, .gicr, .gits, .gicc, .gicv, .gich].map { frame in
      let rows = (RegisterMap.of(frame)?.registers ?? []).map {
        "    { \"\($0.name)\", \($0.offset), \($0.stride), \($0.count), \($0.firstIndex) },\n"
      }
      return "  [\(frame.rawValue)] = {\n\(rows.joined())  },\n"
    }.joined()
  }

  private static var systemRegisters: String {
    (UInt16(0)..<256).compactMap { number in
      let name = SystemRegister(rawValue: number).name
      return name.hasPrefix("sysreg") ? nil : "  [\(number)] = \"\(name)\",\n"
    }.joined()
  }

  // MARK: tshark

  static let hasTshark = FileManager.default.isExecutableFile(atPath: "/usr/bin/tshark")
  private static let names = Set(EventLayout.all.flatMap(\.fields).map(\.name))
    .subtracting(["a", "b", "kind"]).union(["markerKind", "address"]).sorted()

  private func tshark(_ arguments: [String]) throws -> [Substring] {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/tshark")
    process.arguments = ["-X", "lua_script:\(Self.file.path)"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text.split(separator: "\n", omittingEmptySubsequences: true)
  }

  /// Writes a capture in the native format; says how many records stand in front of the events.
  private func convert(_ capture: String, to path: String) throws -> (events: [Event], header: Int) {
    var options = ReplayOptions()
    options.isModelled = false
    let engine = ReplayEngine(source: try openTrace(paths: [BundledCapture.path(capture)]), options: options)
    let writer = try NativeTraceWriter(path: path, topology: engine.topology, compression: .lz4(level: 1))
    let header = engine.topology.entries.count + 1
    var events: [Event] = []
    try engine.run {
      events += $0.events
      try writer.append(contentsOf: $0.events)
    }
    try writer.finish()
    return (events, header)
  }

  @Test(
    "Its fields are those that events prints", .enabled(if: hasTshark),
    arguments: [("its-and-preemption", 10_000), ("gicv2-ipi-qemu10", 1_000), ("nested-gicv3", 10_000)])
  func fields(capture: String, limit: Int) throws {
    let file = TemporaryFile(".pcap.lz4")
    let (events, header) = try convert(capture, to: file.path)
    let count = min(events.count, limit)
    let columns = ["gic.kind", "gic.pe", "gic.domain", "gic.register"] + Self.names.map { "gic.\($0)" }
    let rows = try tshark(
      ["-r", file.path, "-c", "\(header + count)", "-T", "fields", "-E", "separator=;", "-E", "occurrence=l"]
        + columns.flatMap { ["-e", $0] }
    ).dropFirst(header).map { $0.split(separator: ";", omittingEmptySubsequences: false).map(String.init) }
    #expect(rows.count == count)
    var printer = EventPrinter(.jsonl) { frame, offset in RegisterMap.of(frame)?[offset]?.name(at: offset) }
    var index = 0
    while index < count {
      var end = index + 1
      while end < events.count, events[end].kind == .continuation { end += 1 }
      if end > count { break }
      var out = ByteBuffer()
      events.withUnsafeBufferPointer { printer.print($0[index..<end], index: UInt64(index), into: &out) }
      try compare(out, rows[(rows.startIndex + index)..<(rows.startIndex + end)], columns)
      index = end
    }
  }

  /// One event as `events --jsonl` has it against the packets that it takes.
  private func compare(_ json: ByteBuffer, _ rows: ArraySlice<[String]>, _ columns: [String]) throws {
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
    var shown: [String: String] = [:]
    for row in rows {
      for (name, value) in zip(columns, row) where !value.isEmpty && shown[name] == nil { shown[name] = value }
    }
    // Where there is no continuation, its fields print as 0.
    let absent = rows.count == 1 ? ["moreA", "moreB", "dw2", "dw3"] : []
    for (key, value) in object where !(["event", "time_ns", "text", "a", "b"] + absent).contains(key) {
      let text = try #require(shown["gic.\(key)"], "\(key) of \(object)")
      switch value {
      case let word as String: #expect(text == word)
      case let number as NSNumber:
        let found =
          text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text) ?? (text == "True" ? 1 : nil)
        #expect(found == number.uint64Value, "\(key) of \(object)")
      default: Issue.record("\(value)")
      }
    }
  }

  @Test("Packets can be filtered by interrupt and by register", .enabled(if: hasTshark))
  func filter() throws {
    let file = TemporaryFile(".pcap.lz4")
    let (events, _) = try convert("its-and-preemption", to: file.path)
    let acknowledged = events.filter { $0.kind == .sysregRead && $0.register == .ICC_IAR1_EL1 && $0.b == 8192 }
    #expect(!acknowledged.isEmpty)
    let found = try tshark(["-r", file.path, "-Y", "gic.intid == 8192 && gic.register == \"ICC_IAR1_EL1\""])
    #expect(found.count == acknowledged.count)
    #expect(found.allSatisfy { $0.contains("(LPI 8192)") })
    let enabling = try tshark(["-r", file.path, "-Y", "gic.register contains \"ISENABLER\""])
    #expect(!enabling.isEmpty)
  }
}
