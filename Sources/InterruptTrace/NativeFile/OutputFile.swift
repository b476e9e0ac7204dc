import Glibc

/// Why a trace can not be written.
public struct TraceWriteError: Error, Equatable, Sendable {
  /// The file; `-` is standard output.
  public var path: String
  /// What the operating system says.
  public var reason: String
  /// One sentence for the user.
  public var message: String { "\(path): can not be written: \(reason)" }
}

/// A file that appears under its name only when it is whole: until then it is a temporary file beside it, which
/// disappears when writing is given up.
///
/// What is no regular file (a pipe, a terminal, `/dev/null`) is written to directly.
final class OutputFile {
  let path: String
  private var descriptor: Int32
  private let closesDescriptor: Bool
  /// The temporary file and the name that it will get.
  private var pending: (temporary: String, final: String)?
  /// The first error: a file that misses something never gets its name.
  private var failure: TraceWriteError?
  /// Bytes written so far.
  private(set) var bytesWritten: UInt64 = 0

  /// Starts a file; `-` is standard output.
  init(path: String) throws(TraceWriteError) {
    self.path = path
    if path == "-" {
      descriptor = STDOUT_FILENO
      closesDescriptor = false
      return
    }
    closesDescriptor = true
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      // A symbolic link stays: the file that it leads to is replaced.
      let resolved = realpath(path, nil)
      let final = resolved.map { String(cString: $0) } ?? path
      free(resolved)
      let temporary = "\(final).\(getpid()).partial"
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      if descriptor >= 0 { pending = (temporary, final) }
    }
    if descriptor < 0 { throw systemError() }
  }

  /// Writes to an open descriptor, which stays open.
  init(descriptor: Int32, name: String) {
    path = name
    self.descriptor = descriptor
    closesDescriptor = false
  }

  deinit {
    if closesDescriptor, descriptor >= 0 { close(descriptor) }
    if let pending { unlink(pending.temporary) }
  }

  /// Writes all of `bytes`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(TraceWriteError) {
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

  /// Closes the file and gives it its name.
  func commit() throws(TraceWriteError) {
    if closesDescriptor {
      let status = close(descriptor)
      descriptor = -1
      // Some file systems report only here that the disk is full.
      if status != 0 { throw systemError() }
    }
    if let failure { throw failure }
    guard let pending else { return }
    if rename(pending.temporary, pending.final) != 0 { throw systemError() }
    self.pending = nil
  }

  private func systemError() -> TraceWriteError {
    TraceWriteError(path: path == "-" ? "standard output" : path, reason: String(cString: strerror(errno)))
  }
}
