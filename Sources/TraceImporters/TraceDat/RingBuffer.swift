import InterruptTrace

/// One CPU's records in a trace.dat: pages of the kernel's ring buffer, of which a header gives the time and the length
/// of what follows, and each record the time since the one before.
///
/// Lengths come from the file: each is checked against its page, and a page that makes no sense is counted and left.
struct RingBuffer: ~Copyable {
  /// What a CPU's data are made of.
  struct Layout {
    var pageSize: Int
    var dataOffset: Int
    var commitSize: Int
    var isBigEndian: Bool
    var compression: DatCompression
    /// Bytes of a CPU's data that are in memory at the same time: as loaded, or as a chunk gives them.
    var memory: Int
  }

  /// The CPU.
  let cpu: UInt32
  /// The time of the current record, of the trace's clock.
  private(set) var time: UInt64 = 0
  /// The current record's bytes.
  private(set) var data = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Events that are missing before the current record: nil for none, 0 for an unknown number.
  var missed: UInt64?
  /// Pages that made no sense, and where the first is.
  private(set) var badPages: UInt64 = 0
  private(set) var firstBadPage = 0
  /// Set if the data end early: where and why.
  private(set) var damage: DatError?

  private let input: RandomAccessInput
  private let layout: Layout
  /// What is left of the CPU's data in the file.
  private var next: Int
  private let end: Int
  private let start: Int
  private var chunks: UInt64
  /// Pages that are there, and where in the file they come from.
  private var pages = UnsafeRawBufferPointer(start: nil, count: 0)
  private var owned = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private let isCompressed: Bool
  private var pagesAt = 0
  private var page = UnsafeRawBufferPointer(start: nil, count: 0)
  private var at = 0
  private var pageEnd = 0

  init(_ cpu: DatFile.CPU, in input: RandomAccessInput, _ layout: Layout) {
    self.cpu = cpu.cpu
    self.input = input
    self.layout = layout
    isCompressed = cpu.isCompressed
    let size = UInt64(input.count)
    next = Int(min(cpu.offset, size))
    // The length that the file gives leaves out the number of chunks.
    let length = cpu.isCompressed ? cpu.size &+ 4 : cpu.size
    end = Int(min(size, cpu.offset &+ length < cpu.offset ? size : cpu.offset + length))
    start = next
    chunks = 0
    if cpu.offset > size || length > size - cpu.offset {
      damage = DatError(position: input.count, reason: "the data of CPU \(cpu.cpu) end early")
    }
    guard cpu.isCompressed else { return }
    if let count = u32(at: next) { chunks = UInt64(count) } else { noteShorter() }
    next = min(next + 4, end)
  }

  deinit { owned.deallocate() }

  /// Bytes of the file that were read.
  var bytesRead: Int { (isCompressed ? next : next - pages.count) - start }

  /// Moves to the next record; false at the end.
  mutating func advance() -> Bool {
    while true {
      while at < pageEnd {
        if readRecord() { return true }
      }
      if pages.count >= layout.pageSize || (pages.count > layout.dataOffset && isLast) {
        nextPage()
      } else if !(isCompressed ? nextChunk() : loadPages()) {
        return false
      }
    }
  }

  /// Nothing follows the pages that are there.
  private var isLast: Bool { isCompressed ? chunks == 0 : next >= end }

  // MARK: Records

  /// Reads the header at `at`; false if it is no record.
  private mutating func readRecord() -> Bool {
    guard pageEnd - at >= 4 else {
      at = pageEnd
      return false
    }
    let header = word(at)
    let type = layout.isBigEndian ? header >> 27 : header & 31
    let delta = UInt64(layout.isBigEndian ? header & 0x7FF_FFFF : header >> 5)
    at += 4
    switch type {
    case 1...28: return take(Int(type) * 4, after: delta)
    case 0:
      guard pageEnd - at >= 4 else { return leavePage() }
      let length = Int(word(at)) - 4
      at += 4
      guard length >= 0 else { return leavePage() }
      return take((length + 3) & ~3, after: delta)
    case 29:
      // Padding; without a time there is nothing behind it.
      guard delta != 0, pageEnd - at >= 4 else {
        at = pageEnd
        return false
      }
      let length = Int(word(at))
      guard length >= 4, length <= pageEnd - at else { return leavePage() }
      time &+= delta
      at += length
      return false
    default:
      guard pageEnd - at >= 4 else { return leavePage() }
      let upper = UInt64(word(at)) << 27
      at += 4
      if type == 30 {
        time &+= upper | delta
      } else {
        // A whole stamp has 59 bits; the others stay.
        time = upper | delta | time & 0xF800_0000_0000_0000
      }
      return false
    }
  }

  @inline(__always) private mutating func take(_ length: Int, after delta: UInt64) -> Bool {
    guard length <= pageEnd - at else { return leavePage() }
    time &+= delta
    data = UnsafeRawBufferPointer(start: page.baseAddress! + at, count: length)
    at += length
    return true
  }

  @inline(__always) private func word(_ at: Int) -> UInt32 {
    let value = page.loadUnaligned(fromByteOffset: at, as: UInt32.self)
    return layout.isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  /// The page makes no sense from here on: what it held is missing.
  private mutating func leavePage() -> Bool {
    at = pageEnd
    noteBadPage()
    return false
  }

  private mutating func noteBadPage() {
    if badPages == 0 { firstBadPage = pagesAt }
    badPages &+= 1
    missed = missed ?? 0
  }

  // MARK: Pages

  private mutating func nextPage() {
    let length = min(layout.pageSize, pages.count)
    page = UnsafeRawBufferPointer(rebasing: pages[..<length])
    pages = UnsafeRawBufferPointer(rebasing: pages[length...])
    if !isCompressed { pagesAt = next - pages.count - length }
    var head = DatBytes(page, isBigEndian: layout.isBigEndian)
    at = layout.dataOffset
    pageEnd = at
    guard length >= layout.dataOffset, let stamp = try? head.u64("time") else { return noteBadPage() }
    guard let commit = layout.commitSize == 4 ? (try? head.u32("")).map(UInt64.init) : try? head.u64("") else { return }
    time = stamp
    let size = Int(commit & 0x7FF_FFFF)
    guard size <= length - layout.dataOffset else { return noteBadPage() }
    pageEnd = layout.dataOffset + size
    // Bit 31: events are missing before this page; bit 30: their number stands behind the data.
    guard commit & 1 << 31 != 0 else { return }
    missed = 0
    if commit & 1 << 30 != 0 {
      var tail = DatBytes(page, at: pageEnd, isBigEndian: layout.isBigEndian)
      let count = layout.commitSize == 4 ? (try? tail.u32("")).map(UInt64.init) : try? tail.u64("")
      missed = count ?? 0
    }
  }

  /// Loads some more pages of data that are not compressed; false at the end.
  private mutating func loadPages() -> Bool {
    guard next < end else { return false }
    let wanted = min(max(layout.memory / layout.pageSize, 1) * layout.pageSize, end - next)
    if owned.count < wanted {
      owned.deallocate()
      owned = .allocate(byteCount: wanted, alignment: 16)
    }
    let count = input.load(at: next, into: UnsafeMutableRawBufferPointer(rebasing: owned[..<wanted]))
    pages = UnsafeRawBufferPointer(rebasing: owned[..<count])
    next += count
    if count < wanted {
      // What is left of the CPU's data is no longer there.
      noteShorter()
      next = end
    }
    return count > 0
  }

  private mutating func noteShorter() {
    if damage == nil { damage = DatError(position: next, reason: "the file became shorter while it was read") }
  }

  private func u32(at place: Int) -> UInt32? {
    var word: UInt32 = 0
    guard place + 4 <= end, withUnsafeMutableBytes(of: &word, { input.load(at: place, into: $0) }) == 4 else {
      return nil
    }
    return layout.isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
  }

  private mutating func nextChunk() -> Bool {
    guard chunks > 0 else { return false }
    chunks -= 1
    pagesAt = next
    do throws(DatError) {
      guard let stored = u32(at: next), let original = u32(at: next + 4) else {
        throw DatError(position: next, reason: "a chunk's length goes beyond the end")
      }
      next += 8
      guard Int(stored) <= end - next else {
        throw DatError(position: next, reason: "a chunk of \(stored) bytes goes beyond the end")
      }
      guard Int(stored) <= layout.memory, Int(original) <= layout.memory else {
        throw DatError(
          position: pagesAt,
          reason: "a chunk of CPU \(cpu) claims \(max(stored, original)) bytes, which no recorder writes")
      }
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(stored), alignment: 16)
      defer { bytes.deallocate() }
      guard input.load(at: next, into: bytes) == Int(stored) else {
        throw DatError(position: next, reason: "the file became shorter while it was read")
      }
      next += Int(stored)
      guard let plain = layout.compression.decompress(UnsafeRawBufferPointer(bytes), size: Int(original)) else {
        throw DatError(position: pagesAt, reason: "a chunk of CPU \(cpu) cannot be decompressed")
      }
      owned.deallocate()
      owned = plain
      pages = UnsafeRawBufferPointer(plain)
      return true
    } catch {
      if damage == nil { damage = error }
      chunks = 0
      return false
    }
  }
}
