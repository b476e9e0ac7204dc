import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

extension Imported {
  /// Imports a trace.dat.
  init(dat bytes: [UInt8], isStrict: Bool = false) throws {
    self = try bytes.withUnsafeBytes { raw throws(TraceError) in
      try Imported(TraceDatSource(bytes: raw, isStrict: isStrict))
    }
  }
}

@Suite("trace.dat")
struct TraceDatTests {
  /// Two CPUs whose records interleave.
  private func sample(_ builder: DatBuilder) -> DatBuilder {
    var file = builder
    let b = builder
    file.cpus = [
      [
        b.page(1000, b.record(0, b.entry(265, pc: 0x40)) + b.record(500, b.inject(265, vcpu: 0, irq: 27, level: 1))),
        b.page(5000, b.record(0, b.other(7)) + b.longRecord(10, b.handler(0, irq: 13, name: "arch_timer"))),
      ],
      [b.page(1200, b.record(0, b.entry(266, pc: 0x80)) + b.record(300, b.inject(266, vcpu: 0, irq: 33, level: 0)))],
    ]
    return file
  }

  private func check(_ builder: DatBuilder, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let result = try Imported(dat: sample(builder).bytes)
    let cpu1: UInt64 = 1 << 32
    #expect(
      result.shown.filter { $0.kind != .marker && $0.kind != .continuation } == [
        Event(time: 1000, kind: .guestEnter, domain: 1, pe: 0, b: 0x40),
        Event(time: 1200, kind: .guestEnter, domain: 1, pe: 1, a: cpu1, b: 0x80),
        // Of equal times the lower CPU's comes first.
        Event(time: 1500, kind: .inject, domain: 1, pe: 0, a: 27, b: 1 | 265 << 32),
        Event(time: 1500, kind: .inject, domain: 1, pe: PE.none, a: 33 | cpu1, b: 266 << 32),
        Event(time: 5010, kind: .handlerEnter, flags: .threadKnown, pe: 0, a: 13, b: 1),
      ],
      sourceLocation: sourceLocation
    )
    #expect(
      result.events.contains { $0.kind == .marker && $0.b == 13 && $0.a >> 16 == 10 | 1 << 16 },
      sourceLocation: sourceLocation)
    #expect(result.statistics.damage == nil, sourceLocation: sourceLocation)
    #expect(result.statistics.problems.isEmpty, sourceLocation: sourceLocation)
    #expect(result.statistics.ignored.map(\.name) == ["something_else"], sourceLocation: sourceLocation)
    #expect(result.statistics.ignored.map(\.count) == [1], sourceLocation: sourceLocation)
    #expect(result.statistics.records == 6, sourceLocation: sourceLocation)
  }

  @Test("Records are merged by time; events are known by name, fields by name and place", arguments: [6, 7])
  func versions(version: Int) throws { try check(DatBuilder(version: version)) }

  @Test("Sections and data compressed with zlib or zstd", arguments: ["zlib", "zstd"])
  func compressions(name: String) throws {
    try check(DatBuilder(version: 7, compression: name))
    try check(DatBuilder(version: 7, isBigEndian: true, compression: name))
  }

  @Test("Highest byte first, and a commit of four bytes", arguments: [6, 7])
  func byteOrders(version: Int) throws {
    try check(DatBuilder(version: version, isBigEndian: true))
    try check(DatBuilder(version: version, longSize: 4))
    try check(DatBuilder(version: version, isBigEndian: true, longSize: 4))
  }

  @Test("Long pauses, whole stamps and padding move the time, not the order")
  func times() throws {
    let b = DatBuilder()
    var file = b
    let entry = b.entry(265, pc: 1)
    file.cpus = [
      [
        b.page(
          1000,
          b.timeExtend(1 << 30) + b.record(5, entry) + b.padding(7, length: 12) + b.record(1, entry)
            + b.timeStamp(3 << 40) + b.record(2, entry)
        )
      ]
    ]
    let extended: UInt64 = 1000 + (1 << 30)
    let expected: [UInt64] = [extended + 5, extended + 13, (3 << 40) + 2]
    #expect(try Imported(dat: file.bytes).shown.map(\.time) == expected)
  }

  @Test("Missing events are a gap before the page's first record, with their number if it is there")
  func missing() throws {
    let b = DatBuilder()
    var file = b
    let one = b.record(0, b.entry(265, pc: 1))
    file.cpus = [[b.page(1000, one), b.page(2000, one, missed: 77)], [b.page(3000, one, missed: -1)]]
    file.options = [(2, Array("CPU: 1\nentries: 3\noverrun: 5\ndropped events: 2\n".utf8))]
    let gaps = try Imported(dat: file.bytes).events.filter { $0.kind == .gap }
    #expect(
      gaps == [
        Event(time: 2000, kind: .gap, pe: 0, a: 77), Event(time: 3000, kind: .gap, pe: 1, a: 7, b: 1),
        Event(time: 3000, kind: .gap, pe: 1),
      ]
    )
  }

  @Test("A clock of each CPU's own is remarked")
  func localClock() throws {
    var file = sample(DatBuilder())
    file.clock = "local"
    let kinds = try Imported(dat: file.bytes).statistics.problems.map(\.kind)
    #expect(kinds.contains("clock of each CPU's own"))
  }

  @Test("A clock that counts cycles is turned into nanoseconds")
  func cycles() throws {
    var file = sample(DatBuilder(version: 7))
    let number = { (v: UInt32) in withUnsafeBytes(of: v.littleEndian, Array.init) }
    file.options = [(14, number(3) + number(1) + [UInt8](repeating: 0, count: 8))]
    #expect(try Imported(dat: file.bytes).shown.first?.time == 1500)
  }

  @Test("A clock that is no time is remarked", arguments: ["counter", "x86-tsc"])
  func counter(name: String) throws {
    var file = sample(DatBuilder())
    file.clock = name
    let kinds = try Imported(dat: file.bytes).statistics.problems.map(\.kind)
    #expect(kinds.contains("times of a clock that counts"))
  }

  @Test("A file without any event that is known says what to record")
  func nothingKnown() throws {
    let b = DatBuilder()
    var file = b
    file.cpus = [[b.page(1000, b.record(0, b.other(7)))]]
    let problems = try Imported(dat: file.bytes).statistics.problems
    #expect(problems.contains { $0.kind == "no event that is known" && $0.firstExample.contains("-e kvm") })
  }

  // MARK: Damage

  @Test("A file cut anywhere gives an error or what came before", arguments: [6, 7])
  func cuts(version: Int) throws {
    let whole = sample(DatBuilder(version: version)).bytes
    let all = try Imported(dat: whole).events
    for length in stride(from: 0, to: whole.count, by: 13) {
      guard let result = try? Imported(dat: Array(whole[..<length])) else { continue }
      #expect(result.events.count <= all.count)
      #expect(result.statistics.damage != nil || result.events.count == all.count)
    }
  }

  /// trace-cmd writes at the end where the CPUs' data lie.
  @Test(
    "A file that shrinks while it is read is refused if its tables are gone, else read up to there",
    arguments: [(6, "none"), (7, "none"), (7, "zlib"), (7, "zstd")])
  func shrinks(version: Int, compression: String) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "gicscope-\(UUID().uuidString).dat").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = Data(sample(DatBuilder(version: version, compression: compression)).bytes)
    func open() throws -> RandomAccessInput {
      try whole.write(to: URL(filePath: path))
      return try RandomAccessInput(ByteInput.open(path: path))
    }
    func tables(_ input: RandomAccessInput) throws -> DatFile {
      try DatFile(input) { KernelCatalogue.shared.find($0) != nil }
    }
    let early = try open()
    #expect(truncate(path, 16) == 0)
    let error = #expect(throws: DatError.self) { try tables(early) }
    #expect(error?.reason.contains("became shorter") == true)
    let late = try open()
    let file = try tables(late)
    #expect(truncate(path, 16) == 0)
    let records = DatRecords(file, late, isStrict: false)
    var statistics = ImportStatistics()
    records.report(into: &statistics)
    #expect(statistics.damage?.reason.contains("became shorter") == true)
  }

  @Test("Of a cut trace-cmd file of version 7 the records before the cut are read", arguments: [75, 50, 10, 1])
  func cutVersion7(percentLeft: Int) throws {
    let whole = try [UInt8](Data(contentsOf: CaptureFormsTests.folder.appending(path: "trace.dat")))
    let all = try Imported(dat: whole).events
    // The data of the first CPU start here.
    let start = 528_384
    let cut = start + (whole.count - start) * percentLeft / 100
    let result = try Imported(dat: Array(whole[..<cut]))
    #expect(result.statistics.damage?.reason.contains("the file is cut") == true)
    // Of the first chunk nothing is left where it is cut.
    #expect(result.events.isEmpty == (percentLeft <= 10))
    // The handlers and entries that are there are those of the whole file.
    let kinds: [EventKind] = [.guestEnter, .handlerEnter]
    let known = Set(all.filter { kinds.contains($0.kind) }.map { [$0.time, UInt64($0.kind.rawValue), $0.a] })
    let found = result.events.filter { kinds.contains($0.kind) }.map { [$0.time, UInt64($0.kind.rawValue), $0.a] }
    #expect(found.allSatisfy(known.contains))
    #expect(percentLeft < 50 || found.count * 100 > known.count * 25)
  }

  @Test("Of cut data without compression, a page that is older than the one before is another CPU's")
  func cutPlain() {
    let b = DatBuilder()
    var file = [UInt8](repeating: 0, count: 37)
    file += [3, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
    file += [UInt8](repeating: 0, count: 256 - file.count)
    for time: UInt64 in [100, 200, 50, 60] { file += b.page(time, b.record(0, b.entry(265, pc: 1))) }
    file.removeLast(100)
    let cpus = file.withUnsafeBytes {
      DatRecovery(tables: DatTables(RandomAccessInput($0)), pageSize: 256, dataOffset: 16, isBigEndian: false).cpus(
        firstSection: 37)
    }
    #expect(cpus.map(\.offset) == [256, 768] && cpus.map(\.size) == [512, 412])
  }

  @Test("Of cut data the first page is the first CPU's, whatever its time")
  func cutPlainAtTheGreatestTime() {
    let b = DatBuilder()
    var file: [UInt8] = [UInt8](repeating: 0, count: 37) + [3, 0, 0, 0] + [UInt8](repeating: 0, count: 12)
    file += [UInt8](repeating: 0, count: 256 - file.count) + b.page(.max, b.record(0, b.entry(265, pc: 1)))
    let cpus = file.withUnsafeBytes {
      DatRecovery(tables: DatTables(RandomAccessInput($0)), pageSize: 256, dataOffset: 16, isBigEndian: false).cpus(
        firstSection: 37)
    }
    #expect(cpus.map(\.offset) == [256])
  }

  @Test("An error names the byte and what to do")
  func errors() throws {
    let whole = sample(DatBuilder(version: 7)).bytes
    let cut = #expect(throws: TraceError.self) { try Imported(dat: Array(whole[..<(whole.count - 400)])) }
    #expect(cut?.message.contains("byte ") == true && cut?.message.contains("the file is cut") == true)
    // Parts in a fixed order: one that is too long is damage of its own.
    let six = sample(DatBuilder(version: 6)).bytes
    let short = #expect(throws: TraceError.self) { try Imported(dat: Array(six[..<300])) }
    #expect(short?.message.contains("byte ") == true && short?.message.contains("copy the file again") == true)
    let lzo = #expect(throws: TraceError.self) { try Imported(dat: DatBuilder(version: 7, compression: "lzo").bytes) }
    #expect(lzo?.message.contains("trace-cmd convert") == true)
    let eight = #expect(throws: TraceError.self) { try Imported(dat: DatBuilder(version: 8).bytes) }
    #expect(eight?.message.contains("version 8") == true)
  }

  @Test("Random changes never crash", arguments: 0..<80)
  func changes(seed: Int) throws {
    var generator = Generator(state: UInt64(seed))
    var bytes = sample(DatBuilder(version: seed % 2 + 6)).bytes
    for _ in 0...(seed / 4) {
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
    }
    if let result = try? Imported(dat: bytes) {
      #expect(result.events.allSatisfy { EventLayout.of($0.kind) != nil })
    }
  }
}

/// One capture in all its forms.
@Suite("A capture's forms")
struct CaptureFormsTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/kvm-one-second").standardized

  private func events(_ name: String) throws -> [Event] {
    try Imported(openTrace(paths: [Self.folder.appending(path: name).path]), batch: 1024).events
  }

  /// Times as ftrace prints them: rounded to microseconds.
  static func rounded(_ events: [Event]) -> [Event] {
    events.map { event in
      var event = event
      event.time = (event.time + 500) / 1000 * 1000
      return event
    }
  }

  /// trace-cmd's plugin prints the instruction that a guest waits with wrongly.
  private func withoutWaits(_ events: [Event]) -> [Event] { events.filter { $0.kind != .wfx } }

  @Test("trace.dat of both versions, trace-cmd's text and ftrace's import to the same events")
  func same() throws {
    let events = try events("trace.dat")
    #expect(events.count == 7159)
    #expect(Set(events.filter { $0.domain == 1 }.map(\.pe)) == [0, 1, PE.none])
    #expect(try self.events("trace-v6.dat.xz") == events)
    #expect(try self.events("ftrace.txt.zst") == Self.rounded(events))
    #expect(try withoutWaits(self.events("trace-report.txt.zst")) == withoutWaits(events))
  }

  @Test("perf's text of the same events imports to them")
  func perf() throws {
    let text = try ByteInput.open(path: Self.folder.appending(path: "ftrace.txt.zst").path)
    var bytes: [UInt8] = []
    while case let piece = text.nextPiece(), !piece.isEmpty { bytes += piece }
    var perf = ""
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
      // "NAME-PID [CPU] FLAGS TIME: EVENT: …" as "NAME PID [CPU] TIME: SYSTEM:EVENT: …".
      let parts = line.split(separator: " [", maxSplits: 1)
      let task = parts[0].trimmingCharacters(in: .whitespaces)
      let thread = task.split(separator: "-").last!
      let rest = parts[1].split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
      let name = task.dropLast(thread.count + 1).filter { $0 != "<" && $0 != ">" }
      // perf's name of a thread that it does not know.
      perf += "\(name == "..." ? ":\(thread)" : name) \(thread) [\(rest[0]) \(rest[2])   sys:\(rest[3])\n"
    }
    let result = try Imported(kernel: perf)
    #expect(try result.events == self.events("ftrace.txt.zst"))
  }
}
