/// Writes a trace in the native layout (``NativeFormat``).
///
/// The file appears under its name when ``finish()`` has written it whole. A writer that is dropped before that leaves
/// nothing behind.
public final class NativeTraceWriter {
  /// How the pcap is wrapped.
  public enum Compression: Sendable {
    /// `.pcap`: not at all.
    case none
    /// `.pcap.lz4`: one LZ4 frame; below level 3 fast, 3 to 12 dense (9 takes a third off the size).
    case lz4(level: Int = 1)
  }

  private let file: OutputFile
  private var encoder: LZ4FrameEncoder?
  private let epoch: UInt64
  /// A block, and room for the record that straddles its end.
  private let block: UnsafeMutableRawPointer
  private var used = 0
  /// Records written so far, the topology's included.
  public private(set) var records: UInt64 = 0
  /// Bytes of the file so far; what waits for its block to be full is not in it.
  public var bytesWritten: UInt64 { file.bytesWritten }

  /// Starts a file; `-` is standard output.
  ///
  /// `topology` is what is known before the first event: all of it is written in front of the events. Its
  /// ``Topology/Fact/epoch`` is what the events' times count from; without one it is 1970.
  public convenience init(path: String, topology: Topology, compression: Compression = .lz4()) throws(OutputError) {
    try self.init(OutputFile(path: path), topology: topology, compression: compression)
  }

  /// Writes to an open descriptor, which stays open; `name` is for error messages.
  public convenience init(
    descriptor: Int32, name: String, topology: Topology, compression: Compression = .lz4()
  ) throws(OutputError) {
    try self.init(OutputFile(descriptor: descriptor, name: name), topology: topology, compression: compression)
  }

  init(_ file: OutputFile, topology: Topology, compression: Compression) throws(OutputError) {
    self.file = file
    epoch = topology[.epoch] ?? 0
    block = .allocate(byteCount: NativeFormat.blockSize + NativeFormat.recordStride, alignment: 64)
    if case .lz4(let level) = compression { encoder = try LZ4FrameEncoder(file, level: level) }
    NativeFormat.header.withUnsafeBytes { block.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    used = NativeFormat.headerSize
    try append(Topology.Entry(key: .formatVersion, source: .header, value: NativeFormat.version).event)
    try append((topology.entry(.epoch) ?? Topology.Entry(key: .epoch, source: .assumed, value: 0)).event)
    for entry in topology.entries where entry.key != .formatVersion && entry != topology.entry(.epoch) {
      try append(entry.event)
    }
  }

  deinit { block.deallocate() }

  /// Appends an event. A time that a pcap cannot hold (after 2106) becomes the last that it can.
  public func append(_ event: Event) throws(OutputError) {
    RecordCoding.write(event, epoch: epoch, to: block + used)
    used += NativeFormat.recordStride
    records += 1
    if used >= NativeFormat.blockSize { try putBlock() }
  }

  /// Appends events.
  public func append(contentsOf events: UnsafeBufferPointer<Event>) throws(OutputError) {
    var next = 0
    while next < events.count {
      let room = (NativeFormat.blockSize - used + NativeFormat.recordStride - 1) / NativeFormat.recordStride
      let end = min(events.count, next + room)
      var record = block + used
      for i in next..<end {
        RecordCoding.write(events[i], epoch: epoch, to: record)
        record += NativeFormat.recordStride
      }
      used += (end - next) * NativeFormat.recordStride
      records += UInt64(end - next)
      next = end
      if used >= NativeFormat.blockSize { try putBlock() }
    }
  }

  /// Writes what is left and gives the file its name. Nothing may be appended after that.
  public func finish() throws(OutputError) {
    if used > 0 { try put(used) }
    used = 0
    try encoder?.finish()
    try file.commit()
  }

  private func putBlock() throws(OutputError) {
    try put(NativeFormat.blockSize)
    used -= NativeFormat.blockSize
    block.copyMemory(from: block + NativeFormat.blockSize, byteCount: used)
  }

  private func put(_ count: Int) throws(OutputError) {
    let bytes = UnsafeRawBufferPointer(start: block, count: count)
    if encoder != nil { try encoder?.add(bytes) } else { try file.write(bytes) }
  }
}
