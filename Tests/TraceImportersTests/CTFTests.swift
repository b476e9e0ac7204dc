import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

/// A small CTF 1.8 trace as LTTng writes it: one packet for each CPU, events with a thread and its process.
private struct CTFBuilder {
  var events: [(cpu: Int, bytes: [UInt8])] = []
  var lost: [Int: UInt64] = [:]
  /// Facts about the whole trace.
  var environment = ""

  static let metadata = """
    /* CTF 1.8 */
    typealias integer { size = 8; align = 8; signed = false; } := uint8_t;
    typealias integer { size = 16; align = 8; signed = false; } := uint16_t;
    typealias integer { size = 32; align = 8; signed = false; } := uint32_t;
    typealias integer { size = 64; align = 8; signed = false; } := uint64_t;
    typealias integer { size = 32; align = 8; signed = true; } := int32_t;
    trace { major = 1; minor = 8; byte_order = le; packet.header := struct { uint32_t magic; uint32_t stream_id; }; };
    clock { name = mono; freq = 1000000000; offset = 0; };
    typealias integer { size = 64; align = 8; signed = false; map = clock.mono.value; } := stamp_t;
    stream {
      id = 0;
      packet.context := struct {
        stamp_t timestamp_begin; stamp_t timestamp_end; uint64_t content_size; uint64_t packet_size;
        uint64_t events_discarded; uint32_t cpu_id;
      };
      event.header := struct { uint16_t id; stamp_t timestamp; };
      event.context := struct { int32_t tid; int32_t pid; string procname; };
    };
    event { name = "kvm_entry"; id = 1; stream_id = 0; fields := struct { uint64_t _vcpu_pc; }; };
    event { name = "irq_handler_entry"; id = 2; stream_id = 0; fields := struct { int32_t _irq; string _name; }; };
    event { name = "irq_softirq_exit"; id = 3; stream_id = 0; fields := struct { uint32_t _vec; }; };
    event { name = "sched_switch"; id = 4; stream_id = 0; fields := struct {
      int32_t _prev_tid; uint64_t _prev_state; int32_t _next_tid; }; };
    event { name = "other"; id = 5; stream_id = 0; fields := struct { uint8_t x; }; };

    """

  private func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  mutating func add(
    _ id: UInt16, time: UInt64, cpu: Int, thread: Int32, process: Int32, _ name: String, _ payload: [UInt8]
  ) {
    events.append(
      (cpu, number(id) + number(time) + number(thread) + number(process) + Array(name.utf8) + [0] + payload))
  }

  mutating func add(_ id: UInt16, time: UInt64, cpu: Int, _ payload: some FixedWidthInteger, thread: Int32 = 266) {
    add(id, time: time, cpu: cpu, thread: thread, process: 200, "CPU 1/KVM", number(payload))
  }

  func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try (Self.metadata + environment).write(to: folder.appending(path: "metadata"), atomically: true, encoding: .utf8)
    for cpu in Set(events.map(\.cpu)).sorted() {
      let body = events.filter { $0.cpu == cpu }.flatMap(\.bytes)
      let head = number(UInt32(0xC1FC_1FC1)) + number(UInt32(0))
      let size = UInt64(head.count + 44 + body.count) * 8
      // Two packets: the second one tells how many events were lost before it.
      let context = number(UInt64(0)) + number(UInt64(1) << 40) + number(size) + number(size) + number(UInt64(0))
      var file = head + context + number(UInt32(cpu)) + body
      if let lost = lost[cpu] {
        let size = UInt64(head.count + 44) * 8
        let context =
          number(UInt64(1) << 40) + number(UInt64(1) << 41) + number(size) + number(size) + number(lost)
        file += head + context + number(UInt32(cpu))
      }
      try Data(file).write(to: folder.appending(path: "channel_\(cpu)"))
    }
  }

  /// Imports the trace.
  func imported(damage: (URL) throws -> Void = { _ in }) throws -> Imported {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gicscope-ctf-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(to: folder)
    try damage(folder)
    return try Imported(openTrace(paths: [folder.path]), batch: 16)
  }
}

@Suite("CTF")
struct CTFTests {
  private var sample: CTFBuilder {
    var trace = CTFBuilder()
    trace.add(1, time: 1000, cpu: 2, UInt64(0x4000))
    trace.add(2, time: 1500, cpu: 0, thread: 0, process: 0, "swapper/0", [13, 0, 0, 0] + Array("timer".utf8) + [0])
    trace.add(3, time: 2000, cpu: 0, UInt32(7), thread: 9)
    trace.add(5, time: 2500, cpu: 2, UInt8(1))
    let switched = [266, 0, 0, 0, 9].map(Int32.init).flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    let payload = Array(switched[0..<4]) + [UInt8](repeating: 0, count: 8) + Array(switched[16..<20])
    trace.add(4, time: 3000, cpu: 2, thread: 266, process: 200, "CPU 1/KVM", payload)
    return trace
  }

  @Test("Events are known by LTTng's names, threads by the context, CPUs by the packet")
  func events() throws {
    let result = try sample.imported()
    #expect(
      result.shown.filter { $0.kind != .marker && $0.kind != .continuation } == [
        Event(time: 1000, kind: .guestEnter, domain: 1, pe: 1, a: 2 << 32, b: 0x4000),
        Event(time: 1500, kind: .handlerEnter, flags: .threadKnown, pe: 0, a: 13, b: 1),
        Event(time: 2000, kind: .softirqExit, pe: 0, a: 7),
        Event(time: 3000, kind: .schedSwitch, pe: 2, a: 266 | 9 << 32, b: 1),
        Event(time: 3000, kind: .vcpuPut, domain: 1, pe: 1, a: 2 << 32, b: 1 | 266 << 32),
      ]
    )
    #expect(result.statistics.problems.isEmpty && result.statistics.ignored.map(\.name) == [nil])
    #expect(result.statistics.damage == nil)
  }

  @Test("The traced kernel's release is in the environment", arguments: ["kernel_release", "release"])
  func release(name: String) throws {
    var trace = sample
    #expect(try trace.imported().topology[.kernelRelease] == nil)
    trace.environment = "env { domain = \"kernel\"; \(name) = \"6.19.3-1-arm64\"; };\n"
    #expect(try trace.imported().topology[.kernelRelease] == Topology.KernelRelease(6, 19))
  }

  @Test("Discarded events are a gap")
  func discarded() throws {
    var trace = sample
    trace.lost = [2: 17]
    #expect(try trace.imported().events.filter { $0.kind == .gap }.map(\.a) == [17])
  }

  /// A folder's trace that is changed: what the message says, or nil if it was read to its end.
  private func refusal(_ change: (URL) throws -> Void) throws -> String? {
    do {
      let result = try sample.imported(damage: change)
      #expect(result.events.allSatisfy { EventLayout.of($0.kind) != nil })
      return result.statistics.damage?.reason
    } catch let error as TraceError {
      return error.message
    }
  }

  @Test("A stream cut anywhere is refused or read up to there, and the reason names the library", arguments: [0, 2])
  func cutStreams(cpu: Int) throws {
    for length in stride(from: 1, to: 120, by: 9) {
      let reason = try refusal { folder in
        let file = folder.appending(path: "channel_\(cpu)")
        try (try Data(contentsOf: file)).prefix(length).write(to: file)
      }
      #expect(reason?.contains("libbabeltrace2") == true, "\(length)")
    }
  }

  @Test("Changed bytes of a stream never crash")
  func changedStreams() throws {
    for place in stride(from: 0, to: 150, by: 7) {
      let reason = try refusal { folder in
        let file = folder.appending(path: "channel_2")
        var bytes = try Data(contentsOf: file)
        if place < bytes.count { bytes[place] ^= 0x5A }
        try bytes.write(to: file)
      }
      #expect(reason == nil || reason?.contains("libbabeltrace2") == true, "\(place)")
    }
  }

  @Test("Where the library breaks down the trace is refused, and what comes after is read as ever")
  func breakdowns() throws {
    var reasons: [String?] = []
    for size: UInt64 in [0, 8, 1 << 63, .max] {
      try reasons.append(
        refusal { folder in
          let file = folder.appending(path: "channel_2")
          var bytes = try Data(contentsOf: file)
          // The content's size, greater than the packet's or none.
          bytes.replaceSubrange(24..<32, with: withUnsafeBytes(of: size.littleEndian) { Data($0) })
          try bytes.write(to: file)
        }
      )
    }
    #expect(reasons.allSatisfy { $0?.contains("libbabeltrace2") != false })
    #expect(reasons.contains { $0?.contains("crashed") == true && $0?.contains("copy the trace again") == true })
    let twice = try refusal { folder in
      let clock = "clock { name = mono; freq = 0; };\n"
      let text = CTFBuilder.metadata.replacing("clock { name = mono; freq = 1000000000; offset = 0; };", with: clock)
      try text.write(to: folder.appending(path: "metadata"), atomically: true, encoding: .utf8)
    }
    #expect(twice?.contains("libbabeltrace2") == true)
    #expect(try sample.imported().statistics.damage == nil)
  }

  @Test("Cut metadata are refused with the library's reason")
  func cutMetadata() throws {
    for length in stride(from: 40, to: 1200, by: 97) {
      let reason = try refusal { folder in
        let file = folder.appending(path: "metadata")
        try (try Data(contentsOf: file)).prefix(length).write(to: file)
      }
      #expect(reason?.contains("libbabeltrace2 does not read it") == true, "\(length)")
    }
  }

  @Test("A folder without streams has no events, one without metadata is no CTF trace; both say so")
  func missingFiles() throws {
    let empty = try sample.imported { folder in
      for cpu in [0, 2] { try FileManager.default.removeItem(at: folder.appending(path: "channel_\(cpu)")) }
    }
    #expect(empty.events.isEmpty && empty.statistics.problems.map(\.kind) == ["no event that is known"])
    let reason = try refusal { try FileManager.default.removeItem(at: $0.appending(path: "metadata")) }
    #expect(reason?.contains("metadata") == true)
  }

  @Test("A cut stream and damaged metadata are refused with the library's reason")
  func damage() throws {
    let cut = #expect(throws: TraceError.self) {
      try sample.imported { folder in
        let file = folder.appending(path: "channel_2")
        try (try Data(contentsOf: file)).dropLast(5).write(to: file)
      }
    }
    #expect(cut?.message.contains("libbabeltrace2 does not read it") == true)
    #expect(cut?.message.contains("no reason") == false)
    #expect(throws: TraceError.self) {
      try sample.imported { try Data("/* CTF 1.8 */ trace {".utf8).write(to: $0.appending(path: "metadata")) }
    }
  }
}
