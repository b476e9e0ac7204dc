import InterruptTrace

/// The CPUs' buffers, merged by time; at the same time the lowest CPU comes first.
struct MergedRingBuffers: ~Copyable {
  private let buffers: UnsafeMutablePointer<RingBuffer>
  private let count: Int
  /// Buffers with a record that waits, as a binary heap: the earliest is first.
  private var waiting: [Int] = []
  private var current = -1

  init(_ file: DatFile, _ input: RandomAccessInput) {
    count = file.cpus.count
    buffers = .allocate(capacity: max(1, count))
    let layout = RingBuffer.Layout(
      pageSize: file.pageSize, dataOffset: file.pageDataOffset, commitSize: file.commitSize,
      isBigEndian: file.isBigEndian, compression: file.compression,
      memory: Self.memory(file))
    waiting.reserveCapacity(count)
    for index in 0..<count {
      (buffers + index).initialize(to: RingBuffer(file.cpus[index], in: input, layout))
      if buffers[index].advance() { push(index) }
    }
  }

  /// Bytes that each CPU's buffer may hold: all together a stated number. Data that are not compressed are loaded a page
  /// at least, chunks come as they are: trace-cmd writes ten pages in each.
  private static func memory(_ file: DatFile) -> Int {
    let share = budget / max(1, file.cpus.count)
    if file.cpus.contains(where: \.isCompressed) { return min(share, DatCompression.limit) }
    return min(max(share / 8, file.pageSize), max(file.pageSize, 64 << 10))
  }

  private static let budget = 384 << 20

  deinit {
    buffers.deinitialize(count: count)
    buffers.deallocate()
  }

  /// The buffer with the next record; nil at the end.
  @inline(__always) mutating func next() -> Int? {
    if current >= 0, buffers[current].advance() {
      guard let first = waiting.first, precedes(first, current) else { return current }
      waiting[0] = current
      sink(0)
      current = first
      return first
    }
    return takeFirst()
  }

  private mutating func takeFirst() -> Int? {
    guard let first = waiting.first else {
      current = -1
      return nil
    }
    let last = waiting.removeLast()
    if !waiting.isEmpty {
      waiting[0] = last
      sink(0)
    }
    current = first
    return first
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    let (leftTime, rightTime) = (buffers[left].time, buffers[right].time)
    return leftTime < rightTime || leftTime == rightTime && left < right
  }

  private mutating func push(_ buffer: Int) {
    var at = waiting.count
    waiting.append(buffer)
    while at > 0, precedes(waiting[at], waiting[(at - 1) / 2]) {
      waiting.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func sink(_ start: Int) {
    var at = start
    while true {
      var least = at
      let (left, right) = (2 * at + 1, 2 * at + 2)
      if left < waiting.count, precedes(waiting[left], waiting[least]) { least = left }
      if right < waiting.count, precedes(waiting[right], waiting[least]) { least = right }
      if least == at { return }
      waiting.swapAt(at, least)
      at = least
    }
  }

  func time(_ buffer: Int) -> UInt64 { buffers[buffer].time }
  func cpu(_ buffer: Int) -> UInt32 { buffers[buffer].cpu }
  func data(_ buffer: Int) -> UnsafeRawBufferPointer { buffers[buffer].data }

  /// Events that are missing before the buffer's record.
  @inline(__always) mutating func takeMissed(_ buffer: Int) -> UInt64? {
    guard buffers[buffer].missed != nil else { return nil }
    defer { buffers[buffer].missed = nil }
    return buffers[buffer].missed
  }

  /// Bytes of the file that were read, about.
  var bytesRead: UInt64 { (0..<count).reduce(0) { $0 + UInt64(buffers[$1].bytesRead) } }

  /// Adds what was wrong with the data.
  func report(into statistics: inout ImportStatistics) {
    for index in 0..<count {
      if buffers[index].badPages > 0 {
        statistics.note(
          "page of the ring buffer that makes no sense", count: buffers[index].badPages,
          example: "its lengths do not fit; what it held is missing",
          position: "CPU \(buffers[index].cpu), about byte \(buffers[index].firstBadPage)")
      }
      if let damage = buffers[index].damage, statistics.damage == nil {
        statistics.damage = ImportStatistics.Damage(reason: damage.reason, position: "at byte \(damage.position)")
      }
    }
  }
}
