import InterruptTrace

/// The CPUs' buffers, merged by time; at the same time the lowest CPU comes first.
struct MergedRingBuffers: ~Copyable {
  private let buffers: UnsafeMutablePointer<RingBuffer>
  private let count: Int
  private var isAlive: [Bool]
  private var current = -1
  /// The time up to which the current buffer stays the earliest, and which buffer comes then.
  private var limit: UInt64 = 0
  private var follower = Int.max

  init(_ file: DatFile, _ bytes: UnsafeRawBufferPointer) {
    count = file.cpus.count
    buffers = .allocate(capacity: max(1, count))
    let layout = RingBuffer.Layout(
      pageSize: file.pageSize, dataOffset: file.pageDataOffset, commitSize: file.commitSize,
      isBigEndian: file.isBigEndian, compression: file.compression)
    isAlive = [Bool](repeating: false, count: count)
    for index in 0..<count {
      (buffers + index).initialize(to: RingBuffer(file.cpus[index], in: bytes, layout))
      isAlive[index] = buffers[index].advance()
    }
  }

  deinit {
    buffers.deinitialize(count: count)
    buffers.deallocate()
  }

  /// The buffer with the next record; nil at the end.
  @inline(__always) mutating func next() -> Int? {
    if current >= 0 {
      if buffers[current].advance() {
        let time = buffers[current].time
        if time < limit || time == limit && current < follower { return current }
      } else {
        isAlive[current] = false
      }
    }
    return choose()
  }

  private mutating func choose() -> Int? {
    var best = -1
    limit = .max
    follower = .max
    for index in 0..<count where isAlive[index] {
      if best < 0 || buffers[index].time < buffers[best].time {
        if best >= 0 {
          limit = buffers[best].time
          follower = best
        }
        best = index
      } else if buffers[index].time < limit {
        limit = buffers[index].time
        follower = index
      }
    }
    current = best
    return best < 0 ? nil : best
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
