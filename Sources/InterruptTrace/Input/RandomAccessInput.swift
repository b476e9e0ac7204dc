import Glibc

/// A capture's decoded bytes at any place: for formats that are not read from front to back.
///
/// A plain file is read where it is. What is compressed or comes through a pipe is decoded once, into memory if it is
/// small, else into a temporary file. Nothing is mapped: a file that shrinks while it is read gives fewer bytes and no
/// signal.
public final class RandomAccessInput {
  /// How many bytes there are.
  public let count: Int
  /// Set if there were more than a capture of that stored size can have.
  public private(set) var damage: ImportStatistics.Damage?

  private enum Place {
    case memory(UnsafeRawBufferPointer)
    case owned(UnsafeMutableRawBufferPointer)
    case stored(StoredBytes)
    case spool(SpoolFile)
  }

  private let place: Place

  /// More is kept in a file.
  static let memoryLimit = 16 << 20
  /// Decoded bytes that are always accepted, and how many for each stored byte beyond.
  static let freeLength = 1 << 30
  static let largestRatio = 1000

  /// Bytes in memory, which must stay where they are.
  public init(_ bytes: UnsafeRawBufferPointer) {
    place = .memory(bytes)
    count = bytes.count
  }

  /// The bytes of an input that nobody has read from; it may have been peeked at.
  ///
  /// - Throws: ``TraceError/unreadable(path:reason:)`` if there is no room for a temporary copy.
  public convenience init(_ input: ByteInput) throws(TraceError) {
    try self.init(input, freeLength: Self.freeLength)
  }

  init(_ input: ByteInput, freeLength: Int) throws(TraceError) {
    if input.kind == .none, let size = input.stored.size {
      place = .stored(input.stored)
      count = Int(clamping: size)
      return
    }
    var copy = Copy()
    do throws(SpoolError) {
      while case let piece = input.nextPiece(), !piece.isEmpty {
        let limit = max(freeLength, Int(clamping: input.bytesRead) * Self.largestRatio)
        guard copy.count + piece.count <= limit else {
          damage = ImportStatistics.Damage(
            reason: "it decompresses to more than \(Self.largestRatio) times its size, which no capture does; "
              + "the rest is left out",
            position: "after byte \(copy.count) of the decompressed capture")
          break
        }
        try copy.append(piece)
      }
      try copy.spool?.finish()
    } catch {
      copy.memory.deallocate()
      throw .unreadable(path: input.path, reason: error.message)
    }
    count = copy.count
    place = copy.spool.map { .spool($0) } ?? .owned(copy.memory)
  }

  deinit { if case .owned(let memory) = place { memory.deallocate() } }

  /// Loads bytes; returns how many, which are fewer at the end, or where the file has become shorter.
  public func load(at offset: Int, into target: UnsafeMutableRawBufferPointer) -> Int {
    guard offset >= 0, offset < count, let to = target.baseAddress else { return 0 }
    let wanted = min(target.count, count - offset)
    switch place {
    case .memory(let bytes): to.copyMemory(from: bytes.baseAddress! + offset, byteCount: wanted)
    case .owned(let bytes): to.copyMemory(from: UnsafeRawPointer(bytes.baseAddress! + offset), byteCount: wanted)
    case .stored(let stored): return stored.loadAll(at: UInt64(offset), into: .init(start: to, count: wanted))
    case .spool(let spool): return Self.read(spool.descriptor, offset, into: .init(start: to, count: wanted))
    }
    return wanted
  }

  private static func read(_ descriptor: Int32, _ offset: Int, into target: UnsafeMutableRawBufferPointer) -> Int {
    var done = 0
    while done < target.count {
      let got = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset + done))
      if got < 0, errno == EINTR { continue }
      if got <= 0 { break }
      done += got
    }
    return done
  }

  /// Bytes on their way into memory or a file.
  private struct Copy {
    var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    var spool: SpoolFile?
    private var filled = 0

    var count: Int { spool?.count ?? filled }

    mutating func append(_ piece: UnsafeRawBufferPointer) throws(SpoolError) {
      if let spool { return try spool.append(piece) }
      if filled + piece.count > RandomAccessInput.memoryLimit {
        let file = try SpoolFile()
        try file.append(UnsafeRawBufferPointer(rebasing: memory[..<filled]))
        try file.append(piece)
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        spool = file
        return
      }
      if filled + piece.count > memory.count {
        let larger = UnsafeMutableRawBufferPointer.allocate(
          byteCount: max(memory.count * 2, filled + piece.count), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<filled]))
        memory.deallocate()
        memory = larger
      }
      (memory.baseAddress! + filled).copyMemory(from: piece.baseAddress!, byteCount: piece.count)
      filled += piece.count
    }
  }
}
