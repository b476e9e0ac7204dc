import Glibc

/// A capture for whoever reads it more than once. Of a pipe, which gives its bytes only once, a temporary copy is made.
public final class ReopenableInput {
  /// What the user named.
  public let name: String
  /// What to open, as often as needed, while this object lives.
  public let path: String
  private let copy: SpoolFile?

  /// Looks at what `name` is, and copies it unless it is a file or a folder; `-` is standard input.
  ///
  /// - Throws: ``TraceError/unreadable(path:reason:)``. What cannot be opened at all is left to whoever opens ``path``.
  public init(_ name: String) throws(TraceError) {
    self.name = name
    var status = stat()
    let isFound = name == "-" ? fstat(STDIN_FILENO, &status) == 0 : stat(name, &status) == 0
    let isFile = [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    guard isFound, name == "-" || !isFile else {
      path = name
      copy = nil
      return
    }
    let descriptor = name == "-" ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: name, reason: String(cString: strerror(errno))) }
    let stored = StoredBytes(descriptor: descriptor, closesDescriptor: name != "-")
    do throws(SpoolError) {
      let file = try SpoolFile()
      while stored.ensure(1) {
        try file.append(stored.available)
        stored.consume(stored.available.count)
      }
      try file.finish()
      copy = file
      path = "/proc/self/fd/\(file.descriptor)"
    } catch {
      throw .unreadable(path: name, reason: error.message)
    }
    if let error = stored.readError { throw .unreadable(path: name, reason: error) }
  }

  /// An error about the copy, with the name that the user gave.
  public func named(_ error: TraceError) -> TraceError {
    switch error {
    case .unreadable(path, let reason): .unreadable(path: name, reason: reason)
    case .unrecognised(path, let reason): .unrecognised(path: name, reason: reason)
    case .tooNew(path, let version): .tooNew(path: name, version: version)
    case .strict(path, let position, let reason): .strict(path: name, position: position, reason: reason)
    default: error
    }
  }
}
