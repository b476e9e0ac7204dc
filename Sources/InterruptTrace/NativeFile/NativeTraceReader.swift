/// Reads a trace in the native layout (``NativeFormat``): in an LZ4 frame, bare, or compressed with anything else that
/// ``ByteInput`` undoes.
///
/// Decoding goes from the decompressed block straight into the batch. Of the LZ4 frame's checksums the blocks' are
/// verified: they cost a twentieth of the decoding (0.5 of 9.3 ns a record, measured on a real capture of 7 M events),
/// where the content's would double it (liblz4 with all checksums takes 32 ns) and tells nothing that the blocks' do not. Files of others whose blocks have none get the content's checksum verified.
///
/// Topology records before the first event go into ``topology``. Records of an unknown kind are skipped with their
/// continuations and counted as skipped; records of another length are counted as a problem.
public final class NativeTraceReader: EventSource {
  /// `native`, with the compression.
  public var format: TraceFormat { TraceFormat(name: "native", compression: input.compression) }
  /// What the records before the first event say.
  public var topology: Topology { admission.topology }
  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics { admission.statistics }

  let input: ByteInput
  var cursor: RecordCursor
  var admission: RecordAdmission
  var blocks = BlockIndex()
  /// Number of the next event that is delivered.
  var nextEvent: UInt64 = 0
  var isFinished = false
  private let isStrict: Bool
  private let known: UnsafeMutablePointer<UInt8>

  /// Opens a trace; `-` is standard input.
  ///
  /// - Throws: ``TraceError/unreadable(path:reason:)``; ``TraceError/unrecognised(path:reason:)`` for what is not in
  ///   the native layout; ``TraceError/tooNew(path:version:)``.
  public convenience init(
    path: String, verification: ChecksumVerification = .cheapest, strict: Bool = false
  ) throws(TraceError) {
    try self.init(try ByteInput.open(path: path, verification: verification), strict: strict)
  }

  /// Reads a trace from an input that nothing has been read from (peeking is allowed).
  public init(_ input: ByteInput, strict: Bool = false) throws(TraceError) {
    self.input = input
    isStrict = strict
    known = RecordAdmission.allocateKnownKinds()
    cursor = RecordCursor(input)
    admission = RecordAdmission(path: input.path)
    admission.statistics.bytesTotal = input.bytesTotal
    guard NativeFormat.recognises(input.peek(NativeFormat.recognisedBy)) else {
      let damage = input.damage.map { " (\($0.reason), \($0.position))" } ?? ""
      throw .unrecognised(path: input.path, reason: "no pcap header of the native layout\(damage)")
    }
    cursor.advance(UInt64(NativeFormat.headerSize))
    try readLeadingTopology()
  }

  deinit { known.deallocate() }

  /// Fills the batch; see ``EventSource/read(into:)``.
  ///
  /// - Throws: ``TraceError/strict(path:position:reason:)`` if the reader is strict and something was wrong.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = nextEvent
    let count = fill(batch.slots.baseAddress.unsafelyUnwrapped, capacity: batch.capacity)
    batch.count = count
    nextEvent += UInt64(count)
    admission.statistics.bytesRead = input.bytesRead
    if isStrict, let error = admission.strictError { throw error }
    return count
  }

  private func fill(_ slots: UnsafeMutablePointer<Event>, capacity: Int) -> Int {
    var filled = 0
    while filled < capacity {
      let strides = admission.skipsContinuations ? 0 : min(cursor.stridesInPlace, capacity - filled)
      if strides > 0 {
        let taken = RecordCoding.parseRun(
          cursor.place, count: strides, epoch: admission.epoch, known: known, into: slots + filled)
        cursor.advanceInPlace(taken * NativeFormat.recordStride)
        admission.recordNumber += UInt64(taken)
        admission.statistics.records += UInt64(taken)
        filled += taken
        if taken == strides { continue }
      }
      guard !isFinished, let record = cursor.front() else {
        finish()
        break
      }
      if let event = admit(record) {
        slots[filled] = event
        filled += 1
      }
    }
    return filled
  }

  /// One record that is not ordinary, or that straddles two pieces.
  private func admit(_ record: UnsafeRawPointer) -> Event? {
    let length = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard length == NativeFormat.payloadSize else {
      refuse(length)
      return nil
    }
    let event = admission.admit(record + NativeFormat.recordHeaderSize, unixTime: RecordCoding.unixTime(record))
    cursor.advance(UInt64(NativeFormat.recordStride))
    return event
  }

  private func refuse(_ length: UInt32) {
    guard length <= NativeFormat.maximumRecordLength else {
      return setDamage("a record of \(length) bytes: this is not the start of a record")
    }
    // A record that the input ends in is not whole, and not counted.
    if cursor.skip(UInt64(NativeFormat.recordHeaderSize) + UInt64(length)) { admission.refuse(length: length) }
  }

  /// What is left at the end is no whole record of ours, but may be shorter ones.
  private func finish() {
    guard !isFinished else { return }
    while cursor.leftover.count >= NativeFormat.recordHeaderSize {
      let length = cursor.leftover.loadLittle(UInt32.self, 8)
      guard NativeFormat.recordHeaderSize + Int(length) <= cursor.leftover.count else { break }
      refuse(length)
    }
    if let damage = input.damage {
      setDamage(damage.reason, position: damage.position)
    } else if cursor.leftover.count > 0 || cursor.endsInSkip {
      setDamage("the file ends inside a record")
    }
    isFinished = true
  }

  private func setDamage(_ reason: String, position: String? = nil) {
    let file = input.compression == "none" ? "file" : "compressed file"
    admission.setDamage(reason, position: position ?? "byte \(input.bytesRead) of the \(file)")
    isFinished = true
  }

  private func readLeadingTopology() throws(TraceError) {
    while !isFinished, let record = cursor.front() {
      let length = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
      guard length == NativeFormat.payloadSize else {
        refuse(length)
        continue
      }
      let event = RecordCoding.event(record + NativeFormat.recordHeaderSize, time: 0)
      guard event.kind == .topology else {
        admission.endTopology(firstTime: RecordCoding.unixTime(record))
        return
      }
      try admission.admitTopology(event)
      cursor.advance(UInt64(NativeFormat.recordStride))
    }
    admission.endTopology(firstTime: nil)
  }
}
