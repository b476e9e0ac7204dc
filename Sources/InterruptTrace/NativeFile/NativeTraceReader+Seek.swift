/// Random access. Records are numbered from 0 as they stand in the file, the topology's at its start included.
extension NativeTraceReader {
  /// Whether ``seek(toRecord:)`` works at all: the input is a regular file, bare or in LZ4.
  public var canSeek: Bool { input.stored.isSeekable && (input.kind == .none || input.kind == .lz4) }

  /// Number of the first record that is not topology: the record number of event 0.
  public var firstEventRecord: UInt64 { admission.leadingRecords }

  /// Continues with record `number`, or with the record that it is a continuation of. Returns the number of the record
  /// that comes next; nil if there is no such record, or the reader cannot seek: then nothing more is read.
  ///
  /// One block is decoded, after hopping over the headers of the blocks before it that were not hopped over yet. A file
  /// that is not laid out as ``NativeFormat`` says (written by another tool in smaller or linked blocks, or with records
  /// of other lengths) is read from its start instead. Events are numbered as if no record before were skipped.
  public func seek(toRecord number: UInt64) -> UInt64? {
    guard canSeek else { return nil }
    var target = max(number, firstEventRecord)
    var fallsBack = !land(on: target)
    if fallsBack { fallsBack = !scan(to: target) }
    guard !fallsBack, let kind = frontKind() else {
      isFinished = true
      return nil
    }
    guard kind == .continuation else { return target }
    target = headOfContinuation(target)
    return land(on: target) || scan(to: target) ? target : nil
  }

  /// Most records that the file can hold; nil if that is not to be told without reading it. O(blocks) the first time.
  public var recordLimit: UInt64? {
    guard canSeek, let count = layoutBlockCount() else { return nil }
    return UInt64(count) * UInt64(NativeFormat.blockSize) / UInt64(NativeFormat.recordStride)
  }

  /// Continues with a record at which an event begins, or at the capture's end, as if all before had been read and none of
  /// them was a problem. False if there is no such place: then nothing more is read.
  public func resume(atRecord number: UInt64, isEnd: Bool) -> Bool {
    guard canSeek else { return false }
    if isEnd {
      restart(at: number)
      isFinished = true
    } else if seek(toRecord: number) != number {
      return false
    }
    admission.statistics.records = number
    return true
  }

  /// Number of the first record of an event at or after `time` (ns since the epoch), or nil if all are before it.
  ///
  /// O(log blocks) decoded blocks, if times do not step back from one block to a later one. Moves the reader:
  /// ``seek(toRecord:)`` comes next.
  public func firstRecord(atOrAfter time: UInt64) -> UInt64? {
    guard canSeek else { return nil }
    var low = firstEventRecord
    // The last block whose first record is early enough holds the answer, or the block after it begins with it.
    if let count = layoutBlockCount() {
      var from = 0
      var to = count
      while to - from > 1 {
        let middle = (from + to) / 2
        guard let record = firstRecord(inBlock: middle), land(on: record), let found = frontTime() else {
          to = middle
          continue
        }
        if found < time {
          from = middle
          low = max(low, record)
        } else {
          to = middle
        }
      }
    }
    guard land(on: low) || scan(to: low) else { return nil }
    while let found = frontTime() {
      if found >= time, frontKind() != .continuation { return admission.recordNumber }
      skipFront()
    }
    return nil
  }

  // MARK: Landing by arithmetic

  /// The frame's header, if the file's blocks are where arithmetic finds them.
  private var layout: LZ4FrameHeader? {
    guard input.kind == .lz4 else { return nil }
    var bytes = [UInt8](repeating: 0, count: LZ4FrameHeader.maximumLength)
    let count = bytes.withUnsafeMutableBytes { input.stored.load(at: 0, into: $0) }
    guard let header = bytes.withUnsafeBytes({ try? LZ4FrameHeader(UnsafeRawBufferPointer(rebasing: $0[..<count])) })
    else { return nil }
    // What `NativeTraceWriter` writes: others may end blocks early (LZ4F_flush), and nothing in the headers says so.
    let isOurs =
      header.hasIndependentBlocks && header.hasBlockChecksums && header.hasContentChecksum
      && header.contentSize == nil && header.blockSize == NativeFormat.blockSize
    return isOurs ? header : nil
  }

  private var hasOneStride: Bool {
    admission.topology.entry(.formatVersion) != nil && admission.statistics.problems.isEmpty
  }

  private func layoutBlockCount() -> Int? {
    guard hasOneStride else { return nil }
    if input.kind == .none { return Int(clamping: (input.stored.size ?? 0) / UInt64(NativeFormat.blockSize) + 1) }
    return layout.map { blocks.count(in: input.stored, header: $0) }
  }

  /// The first record that begins in a block.
  private func firstRecord(inBlock block: Int) -> UInt64? {
    let start = UInt64(block) * UInt64(NativeFormat.blockSize)
    guard start > 0 else { return firstEventRecord }
    let stride = UInt64(NativeFormat.recordStride)
    return max((start - UInt64(NativeFormat.headerSize) + stride - 1) / stride, firstEventRecord)
  }

  /// Moves to a record by arithmetic; false if the file is not laid out for it or what is there is no record.
  private func land(on record: UInt64) -> Bool {
    guard hasOneStride, record < UInt64.max / 64 else { return false }
    let offset = UInt64(NativeFormat.headerSize) + record * UInt64(NativeFormat.recordStride)
    if input.kind == .none {
      guard offset < input.stored.size ?? 0 else { return false }
      restart(at: record)
      input.move(to: offset, in: nil)
      return looksLikeRecords()
    }
    let block = Int(offset / UInt64(NativeFormat.blockSize))
    guard let header = layout, let at = blocks.offset(ofBlock: block, in: input.stored, header: header) else {
      return false
    }
    restart(at: record)
    input.move(to: at, in: header)
    cursor.advance(offset % UInt64(NativeFormat.blockSize))
    return looksLikeRecords()
  }

  /// Whether a record begins here, and ordinary ones follow it as far as they are in memory.
  private func looksLikeRecords() -> Bool {
    guard let front = cursor.front() else { return false }
    let count = max(1, min(cursor.stridesInPlace, 64))
    for i in 0..<count {
      let record = front + i * NativeFormat.recordStride
      guard UInt64(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) == NativeFormat.lengths
      else { return false }
    }
    return true
  }

  private func restart(at record: UInt64) {
    cursor.reset()
    isFinished = false
    admission.restart(at: record)
    nextEvent = record - min(record, firstEventRecord)
  }

  // MARK: Landing by reading

  /// Reads from the start up to a record; false if there is none of that number.
  private func scan(to record: UInt64) -> Bool {
    guard input.rewind() else { return false }
    restart(at: 0)
    cursor.advance(UInt64(NativeFormat.headerSize))
    while admission.recordNumber < record {
      guard !isFinished, cursor.front() != nil else { return false }
      skipFront()
    }
    nextEvent = record - min(record, firstEventRecord)
    return cursor.front() != nil
  }

  /// Moves past the record in front. What is no record ends the reading.
  private func skipFront() {
    guard let front = cursor.front() else { return }
    let length = UInt32(littleEndian: front.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard length <= NativeFormat.maximumRecordLength else {
      isFinished = true
      return
    }
    cursor.advance(UInt64(NativeFormat.recordHeaderSize) + UInt64(length))
    admission.recordNumber += 1
  }

  // MARK: The record in front

  private func frontKind() -> EventKind? {
    guard !isFinished else { return nil }
    return cursor.front().map {
      EventKind(rawValue: $0.load(fromByteOffset: NativeFormat.recordHeaderSize, as: UInt8.self))
    }
  }

  /// Time of the record in front; records of other kinds than events count as of the time that stands in them.
  private func frontTime() -> UInt64? {
    guard !isFinished, let front = cursor.front() else { return nil }
    let time = RecordCoding.unixTime(front)
    return time > admission.epoch ? time - admission.epoch : 0
  }

  /// The record that a continuation belongs to. A marker has the most continuations: 65535 bytes of text, 16 in each.
  private func headOfContinuation(_ record: UInt64) -> UInt64 {
    let earliest = max(firstEventRecord, record - min(record, 4096))
    guard earliest < record, land(on: earliest) || scan(to: earliest) else { return record }
    var head = record
    while admission.recordNumber < record, let kind = frontKind() {
      if kind != .continuation { head = admission.recordNumber }
      skipFront()
    }
    return admission.recordNumber == record ? head : record
  }
}
