import InterruptTrace

/// A trace.dat, as trace-cmd writes it: the CPUs' records merged by their times.
public final class TraceDatSource: EventSource {
  /// `trace-dat`, and how the file is compressed.
  public let format: TraceFormat
  /// What the file's tables and the start of its records show.
  public let topology: Topology

  private let path: String
  private let file: DatFile
  private let bytes: UnsafeRawBufferPointer
  private let owned: UnsafeMutableRawBufferPointer?
  private let input: ByteInput?
  private var records: DatRecords
  private var delivered: UInt64 = 0

  /// Reads the file in `input`. A compressed file, and one from a pipe, is held in memory.
  public static func open(_ input: ByteInput, isStrict: Bool = false) throws(TraceError) -> TraceDatSource {
    if let mapped = input.mapped { return try TraceDatSource(mapped, owned: nil, input, path: input.path, isStrict) }
    let whole = Self.readAll(input)
    return try TraceDatSource(UnsafeRawBufferPointer(whole), owned: whole, input, path: input.path, isStrict)
  }

  /// Reads the file in `bytes`, which must stay where they are while the source lives.
  public convenience init(bytes: UnsafeRawBufferPointer, isStrict: Bool = false) throws(TraceError) {
    try self.init(bytes, owned: nil, nil, path: "memory", isStrict)
  }

  private init(
    _ bytes: UnsafeRawBufferPointer, owned: UnsafeMutableRawBufferPointer?, _ input: ByteInput?, path: String,
    _ isStrict: Bool
  ) throws(TraceError) {
    self.bytes = bytes
    self.owned = owned
    self.input = input
    self.path = path
    format = TraceFormat(name: "trace-dat", compression: input?.compression ?? "none")
    do throws(DatError) {
      let catalogue = KernelCatalogue.shared
      file = try DatFile(bytes) { catalogue.find($0) != nil }
    } catch {
      owned?.deallocate()
      throw .unreadable(path: path, reason: "trace.dat, byte \(error.position): \(error.reasonWithRemedy)")
    }
    records = DatRecords(file, bytes, isStrict: isStrict)
    topology = records.survey(bytes)
  }

  deinit { owned?.deallocate() }

  private static func readAll(_ input: ByteInput) -> UnsafeMutableRawBufferPointer {
    var whole = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    var count = 0
    while true {
      let piece = input.nextPiece()
      guard let from = piece.baseAddress, !piece.isEmpty else { break }
      if count + piece.count > whole.count {
        let larger = UnsafeMutableRawBufferPointer.allocate(
          byteCount: max(whole.count * 2, count + piece.count), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[..<count]))
        whole.deallocate()
        whole = larger
      }
      (whole.baseAddress! + count).copyMemory(from: from, byteCount: piece.count)
      count += piece.count
    }
    return UnsafeMutableRawBufferPointer(rebasing: whole[..<count])
  }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = delivered
    let count = records.read(into: &batch)
    if count == 0, let stop = records.stop {
      throw .strict(path: path, position: "record \(records.count)", reason: stop)
    }
    delivered += UInt64(count)
    return count
  }

  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics {
    var statistics = ImportStatistics()
    statistics.bytesTotal = input?.bytesTotal ?? UInt64(bytes.count)
    records.report(into: &statistics)
    if let damage = input?.damage { statistics.damage = damage }
    return statistics
  }
}
