import InterruptTrace

/// What stands in a trace.dat beside the records: formats of the events, names of the threads, where the CPUs' data lie.
///
/// Versions 6 and 7 as trace-cmd's documentation describes them (trace-cmd.dat.v6, .v7). It is read here and not through
/// libtracecmd because nothing in a capture is trusted: that library takes lengths from the file as they are. Opening a
/// file, which there means to read all symbols of the kernel, takes it longer than all of an import here.
struct DatFile {
  /// One CPU's data.
  struct CPU {
    var cpu: UInt32
    var offset: UInt64
    var size: UInt64
    var isCompressed: Bool
  }

  private(set) var version = 0
  private(set) var isBigEndian = false
  private(set) var compression = DatCompression.none
  private(set) var pageSize = 4096
  /// Where a page's data start, and how many bytes its `commit` has.
  private(set) var pageDataOffset = 16
  private(set) var commitSize = 8
  private(set) var formats: [EventFormat] = []
  /// Names of the events that are not used, by number.
  private(set) var unusedNames: [Int: String] = [:]
  private(set) var strings: [UInt64: [UInt8]] = [:]
  private(set) var threadNames: [UInt32: [UInt8]] = [:]
  private(set) var clock = Clock()
  private(set) var cpus: [CPU] = []
  /// Events that were overwritten before the capture's start, by CPU.
  private(set) var overruns: [DatOverrun] = []
  /// What the file says of the machine and of other recordings.
  private(set) var origin = DatOrigin()
  /// What of the tables could not be read, though records can.
  private(set) var damage: DatError?

  private let tables: DatTables
  /// Only these events' formats are kept.
  private let isUsed: (UnsafeRawBufferPointer) -> Bool
  private static let cpuLimit: UInt32 = 8192
  private static let formatLimit = 1 << 16
  /// Bytes of a page of each CPU, all together.
  private static let pageBudget = 256 << 20

  static let magic: [UInt8] = [0x17, 0x08, 0x44] + Array("tracing".utf8)

  /// Reads the tables of a file.
  init(_ input: RandomAccessInput, isUsed: @escaping (UnsafeRawBufferPointer) -> Bool) throws(DatError) {
    let tables = DatTables(input)
    self.tables = tables
    self.isUsed = isUsed
    var head = tables.reader(at: Self.magic.count, isBigEndian: false)
    let text = try head.string("the version")
    guard let version = Int(text) else { throw DatError(position: Self.magic.count, reason: "no version number") }
    self.version = version
    guard version == 6 || version == 7 else {
      throw DatError(position: Self.magic.count, reason: "version \(version); versions 6 and 7 are read")
    }
    isBigEndian = try head.u8("the byte order") != 0
    commitSize = try head.u8("the size of long") == 4 ? 4 : 8
    pageDataOffset = 8 + commitSize
    var rest = tables.reader(at: head.at, isBigEndian: isBigEndian)
    pageSize = Int(truncatingIfNeeded: try rest.u32("the size of a page"))
    guard pageSize >= 64, pageSize <= 1 << 24 else {
      throw DatError(position: rest.at - 4, reason: "pages of \(pageSize) bytes")
    }
    if version == 6 { try readVersion6(&rest) } else { try readVersion7(&rest) }
    guard cpus.count * pageSize <= Self.pageBudget else {
      throw DatError(position: rest.at, reason: "\(cpus.count) CPUs with pages of \(pageSize) bytes")
    }
    tables.release()
  }

  // MARK: Version 6: parts in a fixed order

  private mutating func readVersion6(_ rest: inout DatTableReader) throws(DatError) {
    try readHeaderPages(&rest)
    try readFormats(&rest, systems: false)
    try readFormats(&rest, systems: true)
    try rest.skip(UInt64(rest.u32("the length of the symbols")), "the symbols")
    try readStrings(&rest)
    try readThreadNames(&rest)
    let count = try rest.u32("the number of CPUs")
    var kind = try rest.string("the kind of data")
    if kind.hasPrefix("options") {
      while true {
        let id = try rest.u16("an option")
        if id == 0 { break }
        let data = try rest.take(UInt64(rest.u32("an option's length")), "option \(id)")
        try readOption(id, data)
      }
      kind = try rest.string("the kind of data")
    }
    guard kind.hasPrefix("flyrecord") else {
      throw DatError(
        position: rest.at, reason: "data of kind '\(kind.prefix(16))'; record with trace-cmd record or extract")
    }
    try readCPUs(&rest, count: count, numbered: false, isCompressed: false)
  }

  private mutating func readCPUs(
    _ rest: inout some DatReading, count: UInt32, numbered: Bool, isCompressed: Bool
  ) throws(DatError) {
    guard count <= Self.cpuLimit, cpus.count + Int(count) <= 2 * Int(Self.cpuLimit) else {
      throw DatError(position: rest.at, reason: "\(cpus.count + Int(count)) CPUs")
    }
    for index in 0..<count {
      let cpu = numbered ? try rest.u32("a CPU's number") : index
      let offset = try rest.u64("the place of a CPU's data")
      let size = try rest.u64("the length of a CPU's data")
      if size > 0 { cpus.append(CPU(cpu: cpu, offset: offset, size: size, isCompressed: isCompressed)) }
    }
  }

  // MARK: Version 7: sections

  private mutating func readVersion7(_ rest: inout DatTableReader) throws(DatError) {
    let name = try rest.string("the compression's name")
    _ = try rest.string("the compression's version")
    guard let compression = DatCompression(name: name) else {
      throw DatError(
        position: rest.at, reason: "compressed with '\(name.prefix(16))'; convert it with trace-cmd convert")
    }
    self.compression = compression
    var offset = try rest.u64("the place of the options")
    var visited = 0
    do throws(DatError) {
      while offset != 0 {
        visited += 1
        guard visited < 4096 else { throw DatError(position: Int(clamping: offset), reason: "options without an end") }
        offset = try readOptions(at: offset)
      }
    } catch {
      try recover(from: error, firstSection: rest.at)
    }
  }

  /// What comes behind the damage is lost; what came before is used, if there are formats to read records by.
  private mutating func recover(from error: DatError, firstSection: Int) throws(DatError) {
    if cpus.isEmpty {
      let recovery = DatRecovery(
        tables: tables, pageSize: pageSize, dataOffset: pageDataOffset, isBigEndian: isBigEndian)
      cpus = recovery.cpus(firstSection: firstSection)
    }
    guard !formats.isEmpty, !cpus.isEmpty else { throw error }
    damage = error
  }

  /// Reads a section of options. Returns where the next is; 0 for none.
  private mutating func readOptions(at offset: UInt64) throws(DatError) -> UInt64 {
    var next: UInt64 = 0
    try withSection(at: offset, "the options") { (this: inout DatFile, bytes) throws(DatError) in
      var options = DatBytes(bytes, isBigEndian: this.isBigEndian)
      while !options.isAtEnd {
        let id = try options.u16("an option")
        let data = try options.take(UInt64(options.u32("an option's length")), "option \(id)")
        if id == 0 {
          var link = DatBytes(data, isBigEndian: this.isBigEndian)
          next = data.count >= 8 ? try link.u64("the place of more options") : 0
          break
        }
        try this.readOption(id, data)
      }
    }
    return next
  }

  private mutating func withSection(
    at offset: UInt64, _ what: String, _ body: (inout DatFile, UnsafeRawBufferPointer) throws(DatError) -> Void
  ) throws(DatError) {
    guard offset < UInt64(tables.input.count) else {
      throw DatError(
        position: tables.input.count,
        reason:
          "the file is cut: \(what) should be at byte \(offset); copy it again, or import its text (trace-cmd report)"
      )
    }
    var head = tables.reader(at: Int(offset), isBigEndian: isBigEndian)
    _ = try head.u16("a section")
    let flags = try head.u16("a section")
    _ = try head.u32("a section")
    let size = try head.u64("a section's length")
    guard flags & 1 != 0 else { return try body(&self, head.take(size, what)) }
    let stored = try head.u32("a section's compressed length")
    let original = try head.u32("a section's length")
    let data = try head.take(UInt64(stored), what)
    try tables.spend(Int(original), at: Int(offset))
    guard let plain = compression.decompress(data, size: Int(original)) else {
      throw DatError(position: Int(offset), reason: "\(what) cannot be decompressed")
    }
    defer { plain.deallocate() }
    try body(&self, UnsafeRawBufferPointer(plain))
  }

  private mutating func readOption(_ id: UInt16, _ data: UnsafeRawBufferPointer) throws(DatError) {
    var option = DatBytes(data, isBigEndian: isBigEndian)
    switch id {
    case 2:
      if overruns.count < Int(Self.cpuLimit), let lost = DatOverrun(data) { overruns.append(lost) }
    case 4: if clock.name.isEmpty { clock.name = Clock.chosenName(data) }
    case 5: origin.release = Topology.KernelRelease(in: String(decoding: data.filter { $0 != 0 }, as: UTF8.self))
    case 7: clock.offset = Clock.number(data)
    // What cannot be read of these is done without.
    case 12: origin.timeShift = try? DatOrigin.timeShift(&option)
    case 13: try? origin.addGuest(&option)
    case 14 where data.count >= 16:
      clock.multiplier = UInt64(try option.u32("a clock's multiplier"))
      clock.shift = UInt64(try option.u32("a clock's shift")) & 63
      clock.start = try option.u64("a clock's start")
    case 3 where version == 7: try readBuffer(&option)
    case 16, 17, 18, 20, 21:
      let place = try option.u64("the place of a section")
      try withSection(at: place, Self.sectionName(id)) { (this: inout DatFile, bytes) throws(DatError) in
        var section = DatBytes(bytes, isBigEndian: this.isBigEndian)
        switch id {
        case 16: try this.readHeaderPages(&section)
        case 17: try this.readFormats(&section, systems: false)
        case 18: try this.readFormats(&section, systems: true)
        case 20: try this.readStrings(&section)
        default: try this.readThreadNames(&section)
        }
      }
    default: break
    }
  }

  private static func sectionName(_ id: UInt16) -> String {
    switch id {
    case 16: "the layout of pages"
    case 17, 18: "the events' formats"
    case 20: "the strings"
    default: "the thread names"
    }
  }

  /// A buffer of records: the main one, or an instance's.
  private mutating func readBuffer(_ option: inout DatBytes) throws(DatError) {
    let place = try option.u64("a buffer's place")
    _ = try option.string("a buffer's name")
    let clock = try option.string("a buffer's clock")
    if !clock.isEmpty { self.clock.name = clock }
    let size = Int(truncatingIfNeeded: try option.u32("the size of a page"))
    guard size >= 64, size <= 1 << 24 else { throw DatError(position: option.at, reason: "pages of \(size) bytes") }
    pageSize = size
    let count = try option.u32("the number of CPUs")
    var section = tables.reader(at: Int(clamping: place), isBigEndian: isBigEndian)
    _ = try section.u16("a buffer's section")
    let flags = try section.u16("a buffer's section")
    try readCPUs(&option, count: count, numbered: true, isCompressed: flags & 1 != 0)
  }

  // MARK: Parts

  private mutating func readHeaderPages(_ bytes: inout some DatReading) throws(DatError) {
    for name in ["header_page", "header_event"] {
      guard try bytes.string("the layout of a page") == name else {
        throw DatError(position: bytes.at, reason: "no \(name), with which the tables of a trace.dat begin")
      }
      let text = try bytes.take(bytes.u64("a length"), name)
      guard name == "header_page" else { continue }
      let padded = Array("name: page\nID: 0\nformat:\n".utf8) + Array(text)
      let format = padded.withUnsafeBytes { EventFormat($0) }
      if let commit = format?.field("commit"), commit.size == 4 || commit.size == 8 { commitSize = commit.size }
      if let data = format?.field("data"), data.offset >= 8 + commitSize { pageDataOffset = data.offset }
    }
  }

  private mutating func readFormats(_ bytes: inout some DatReading, systems: Bool) throws(DatError) {
    let count = systems ? try bytes.u32("the number of systems") : 1
    for _ in 0..<count {
      if systems { _ = try bytes.string("a system's name") }
      for _ in 0..<(try bytes.u32("the number of events")) {
        let text = try bytes.take(bytes.u64("a format's length"), "a format")
        let name = EventFormat.name(text)
        if isUsed(name) {
          if formats.count < Self.formatLimit, let format = EventFormat(text) { formats.append(format) }
        } else if let id = EventFormat.id(text, behind: name) {
          unusedNames[id] = String(decoding: name.prefix(64), as: UTF8.self)
        }
      }
    }
  }

  private mutating func readStrings(_ bytes: inout some DatReading) throws(DatError) {
    let text = try bytes.take(UInt64(bytes.u32("the length of the strings")), "the strings")
    strings.merge(DatTexts.strings(text)) { $1 }
  }

  private mutating func readThreadNames(_ bytes: inout some DatReading) throws(DatError) {
    let text = try bytes.take(bytes.u64("the length of the thread names"), "the thread names")
    DatTexts.add(threadNames: text, to: &threadNames)
  }
}
