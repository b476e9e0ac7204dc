import InterruptTrace

/// A trace.dat, as trace-cmd writes it: the CPUs' records merged by their times.
public final class TraceDatSource: EventSource {
  /// `trace-dat`, and how the file is compressed.
  public let format: TraceFormat
  /// What the file's tables and the start of its records show.
  public let topology: Topology

  private let path: String
  private let bytes: RandomAccessInput
  private let input: ByteInput?
  private var records: DatRecords
  private var delivered: UInt64 = 0

  /// Reads the file in `input`. Of a compressed file, and of one from a pipe, a copy is made: in memory if it is small,
  /// else in a temporary file.
  public static func open(_ input: ByteInput, isStrict: Bool = false) throws(TraceError) -> TraceDatSource {
    try TraceDatSource(RandomAccessInput(input), input, path: input.path, isStrict)
  }

  /// Reads the file in `bytes`, which must stay where they are while the source lives.
  public convenience init(bytes: UnsafeRawBufferPointer, isStrict: Bool = false) throws(TraceError) {
    try self.init(RandomAccessInput(bytes), nil, path: "memory", isStrict)
  }

  private init(
    _ bytes: RandomAccessInput, _ input: ByteInput?, path: String, _ isStrict: Bool
  ) throws(TraceError) {
    self.bytes = bytes
    self.input = input
    self.path = path
    format = TraceFormat(name: "trace-dat", compression: input?.compression ?? "none")
    let file: DatFile
    do throws(DatError) {
      let catalogue = KernelCatalogue.shared
      file = try DatFile(bytes) { catalogue.find($0) != nil }
    } catch {
      throw .unreadable(path: path, reason: "trace.dat, byte \(error.position): \(error.reasonWithRemedy)")
    }
    records = DatRecords(file, bytes, isStrict: isStrict)
    topology = records.topology
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
    if let damage = bytes.damage ?? input?.damage { statistics.damage = damage }
    return statistics
  }
}
