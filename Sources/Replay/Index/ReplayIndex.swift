import Glibc
import InterruptTrace

/// Checkpoints of a capture in a file: what a replay starts from that shall not begin with the capture.
///
/// The states stand one after the other, then the table of checkpoints with the key, then where that is. The key says what
/// the index is of (which file as it was, which build of which program, which options): one with another key is stale. The
/// file is read as memory is, see ``StateArchive``: it has to be the user's own, and nobody else's to write.
public final class ReplayIndex {
  /// The checkpoints, in the capture's order.
  public let checkpoints: [ReplayCheckpoint]
  private let descriptor: Int32

  static let magic: UInt64 = 0x3158_4449_4347_4947  // GIGCIDX1

  /// What stands at the file's end.
  struct Trailer: BitwiseCopyable {
    var offset: UInt64
    var length: UInt64
    var checksum: UInt32
    var reserved: UInt32 = 0
    var magic = ReplayIndex.magic
  }

  /// Opens an index; nil if there is none of this key that is whole and the user's own.
  public init?(path: String, key: String) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    guard let table = Self.table(descriptor, key) else {
      close(descriptor)
      return nil
    }
    checkpoints = table
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func table(_ descriptor: Int32, _ key: String) -> [ReplayCheckpoint]? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
      status.st_mode & 0o022 == 0
    else { return nil }
    let size = UInt64(status.st_size)
    let trailerSize = UInt64(MemoryLayout<Trailer>.size)
    guard size >= trailerSize, let end = read(descriptor, size - trailerSize, trailerSize) else { return nil }
    let trailer = end.withUnsafeBytes { $0.loadUnaligned(as: Trailer.self) }
    guard trailer.magic == magic, trailer.length <= size, trailer.offset <= size - trailer.length,
      let bytes = read(descriptor, trailer.offset, trailer.length), StateArchive.checksum(bytes) == trailer.checksum
    else { return nil }
    var archive = StateArchive(reading: bytes)
    var (found, checkpoints) = ("", [ReplayCheckpoint]())
    archive.text(&found)
    archive.array(&checkpoints)
    return archive.isComplete && found == key ? checkpoints : nil
  }

  private static func read(_ descriptor: Int32, _ offset: UInt64, _ length: UInt64) -> [UInt8]? {
    var done = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { room, used in
      while done < Int(length) {
        let count = pread(descriptor, room.baseAddress! + done, Int(length) - done, off_t(offset) + off_t(done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        done += count
      }
      used = done
    }
    return done == Int(length) ? bytes : nil
  }

  /// The last checkpoint before which everything lies before `place`, where what is reported starts; nil if there is none.
  public func last(before place: ReplayPosition) -> ReplayCheckpoint? { checkpoints.last { $0.lies(before: place) } }

  /// The last checkpoint that a replay up to `place` and no further comes by; nil if there is none.
  public func last(notBehind place: ReplayPosition) -> ReplayCheckpoint? {
    checkpoints.last { $0.lies(notBehind: place) }
  }

  /// The state at a checkpoint; nil if it cannot be read back.
  func state(_ checkpoint: ReplayCheckpoint) -> [UInt8]? {
    guard let bytes = Self.read(descriptor, checkpoint.offset, checkpoint.length),
      StateArchive.checksum(bytes) == checkpoint.checksum
    else { return nil }
    return bytes
  }
}
