import InterruptTrace

/// A QEMU log with `gic*` trace events, as a source of events in the order of their effects.
public final class QEMULogSource: EventSource {
  /// `qemu-log`, and how the file is compressed.
  public let format: TraceFormat
  /// What the capture's start shows of the controller.
  public let topology: Topology

  private let reader: LogReader
  private var delivered: UInt64 = 0

  /// What was read, skipped and wrong so far.
  public var statistics: ImportStatistics { reader.statistics }

  /// Reads the log in `bytes`, which must stay where they are while the source lives. The bytes are read in pieces of
  /// `pieceLength`, as if they came from a file.
  public convenience init(bytes: UnsafeRawBufferPointer, pieceLength: Int = 1 << 18, isStrict: Bool = false) {
    self.init(LineChunksBox(LineChunks(bytes, pieceLength: pieceLength)), isStrict: isStrict)
  }

  /// Reads the log in `input`.
  public convenience init(_ input: ByteInput, isStrict: Bool = false) {
    self.init(LineChunksBox(LineChunks(input)), isStrict: isStrict)
  }

  private init(_ file: LineChunksBox, isStrict: Bool) {
    let (readers, topology) = LogReader.open([file], isStrict: isStrict)
    reader = readers[0]
    self.topology = topology
    format = TraceFormat(name: "qemu-log", compression: reader.compression)
  }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    batch.firstIndex = delivered
    let count = try reader.read(into: &batch)
    delivered += UInt64(count)
    return count
  }
}
