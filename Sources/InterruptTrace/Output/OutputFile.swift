import Glibc

/// Why an output cannot be written.
public struct OutputError: Error, Equatable, Sendable {
  /// The file, or `standard output`.
  public var path: String
  /// What the operating system or a library says.
  public var reason: String
  /// Whether nobody reads it any more: a pipe whose reader has seen enough.
  public var isClosed: Bool
  /// One sentence for the user.
  public var message: String { "\(path): cannot be written: \(reason)" }

  /// An error with every field given.
  public init(path: String, reason: String, isClosed: Bool = false) {
    self.path = path
    self.reason = reason
    self.isClosed = isClosed
  }
}

/// Everything that is written goes through this: a file that appears under its name only when it is whole. Until then it
/// is a temporary file beside it, which disappears when writing is given up, or when a signal ends the program
/// (``TemporaryFiles``).
///
/// `-` is standard output. What is no regular file (a pipe, a terminal) is written to directly.
public final class OutputFile {
  private static let pieceSize = 1 << 16

  /// Its name; `-` is standard output.
  public let path: String
  private var descriptor: Int32
  private let closesDescriptor: Bool
  /// The temporary file and the name that it will get.
  private var pending: (temporary: TemporaryFile, final: String)?
  /// Text that waits until writing it is worth a system call.
  private var text: [UInt8] = []
  /// The first error: a file that misses something never gets its name.
  private var failure: OutputError?
  /// Bytes written so far.
  public private(set) var bytesWritten: UInt64 = 0

  /// Starts a file; `-` is standard output.
  public init(path: String) throws(OutputError) {
    self.path = path
    if path == "-" {
      descriptor = STDOUT_FILENO
      closesDescriptor = false
      return
    }
    closesDescriptor = true
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      if descriptor < 0 { throw systemError() }
      return
    }
    descriptor = -1
    // A file that is write-protected is not replaced either.
    if exists, access(path, W_OK) != 0 { throw systemError() }
    // A symbolic link stays: the file that it leads to is replaced.
    let resolved = realpath(path, nil)
    let final = resolved.map { String(cString: $0) } ?? path
    free(resolved)
    guard let temporary = TemporaryFile(beside: final) else { throw systemError() }
    descriptor = temporary.descriptor
    pending = (temporary, final)
    if exists { fchmod(descriptor, status.st_mode & 0o777) }
  }

  /// Writes to an open descriptor, which stays open.
  init(descriptor: Int32, name: String) {
    path = name
    self.descriptor = descriptor
    closesDescriptor = false
  }

  deinit {
    if closesDescriptor, descriptor >= 0 { close(descriptor) }
    pending?.temporary.remove()
  }

  /// Writes a whole file; `-` is standard output.
  public static func write(_ text: String, to path: String) throws(OutputError) {
    let file = try OutputFile(path: path)
    try file.write(text)
    try file.commit()
  }

  /// Where the content is until ``commit()``: for libraries that write files themselves. Nil for what is no regular file.
  public var temporaryPath: String? { pending?.temporary.path }

  /// Writes text, at the latest with ``commit()``.
  public func write(_ text: String) throws(OutputError) {
    self.text.append(contentsOf: text.utf8)
    if self.text.count >= Self.pieceSize { try flush() }
  }

  /// Writes bytes, at the latest with ``commit()``.
  public func write(_ bytes: [UInt8]) throws(OutputError) {
    text.append(contentsOf: bytes)
    if text.count >= Self.pieceSize { try flush() }
  }

  /// Writes all of `bytes` at once, after what waits.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
    try flush()
    try writeNow(bytes)
  }

  /// Writes what waits.
  public func flush() throws(OutputError) {
    guard !text.isEmpty else { return }
    let waiting = text
    text.removeAll(keepingCapacity: true)
    var thrown: OutputError?
    waiting.withUnsafeBytes { bytes in
      do throws(OutputError) { try writeNow(bytes) } catch { thrown = error }
    }
    if let thrown { throw thrown }
  }

  private func writeNow(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
    var rest = bytes
    while let base = rest.baseAddress, rest.count > 0 {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        let error = systemError()
        failure = error
        throw error
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      bytesWritten += UInt64(count)
    }
  }

  /// Writes what waits, closes the file and gives it its name.
  public func commit() throws(OutputError) {
    try flush()
    if closesDescriptor {
      let status = close(descriptor)
      descriptor = -1
      // Some file systems report only here that the disk is full.
      if status != 0 { throw systemError() }
    }
    if let failure { throw failure }
    guard let pending else { return }
    if rename(pending.temporary.path, pending.final) != 0 { throw systemError() }
    pending.temporary.forget()
    self.pending = nil
  }

  private func systemError() -> OutputError {
    OutputError(
      path: path == "-" ? "standard output" : path, reason: String(cString: strerror(errno)), isClosed: errno == EPIPE)
  }
}
