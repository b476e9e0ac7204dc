import Glibc

/// Bytes that are kept in an unlinked temporary file, so that they can be read at any place and more than once.
///
/// Blocks of zeros take no room on the disk.
final class SpoolFile {
  /// The file, open for reading and writing.
  let descriptor: Int32
  /// Its length in bytes.
  private(set) var count = 0
  private static let blockSize = 4096

  /// A new file in `TMPDIR`, or `/tmp`; the error is the system's.
  init() throws(SpoolError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((folder + "/gicscope-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw SpoolError(folder: folder, reason: String(cString: strerror(errno))) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  func append(_ bytes: UnsafeRawBufferPointer) throws(SpoolError) {
    var at = 0
    while at < bytes.count {
      let length = min(Self.blockSize - count % Self.blockSize, bytes.count - at)
      let block = UnsafeRawBufferPointer(rebasing: bytes[at..<(at + length)])
      if Self.isZero(block) { isSparse = true } else { try write(block) }
      at += length
      count += length
    }
  }

  private var isSparse = false

  /// The first byte is zero, and each other one like the one before.
  private static func isZero(_ block: UnsafeRawBufferPointer) -> Bool {
    block[0] == 0 && memcmp(block.baseAddress!, block.baseAddress! + 1, block.count - 1) == 0
  }

  private func write(_ block: UnsafeRawBufferPointer) throws(SpoolError) {
    var written = 0
    while written < block.count {
      let got = pwrite(descriptor, block.baseAddress! + written, block.count - written, off_t(count + written))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else {
        throw SpoolError(folder: nil, reason: got < 0 ? String(cString: strerror(errno)) : "no room")
      }
      written += got
    }
  }

  /// Everything is there: gives the file its length, which zeros at its end have not.
  func finish() throws(SpoolError) {
    guard isSparse, ftruncate(descriptor, off_t(count)) != 0 else { return }
    throw SpoolError(folder: nil, reason: String(cString: strerror(errno)))
  }
}

/// Why bytes could not be kept.
struct SpoolError: Error {
  var folder: String?
  var reason: String

  /// What to tell the user.
  var message: String {
    "a temporary copy of it cannot be written" + (folder.map { " to \($0)" } ?? "") + ": \(reason); "
      + "set TMPDIR to a folder with room, or decompress the capture into a file first"
  }
}
