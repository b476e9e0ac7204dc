import Glibc
import InterruptTrace

/// How a capture is opened.
public struct ImportOptions: Sendable {
  /// Stop at the first malformed line or record, as `--strict` says.
  public var isStrict = false

  /// The defaults.
  public init() {}
}

/// Opens a capture of any known format, recognised by its content.
///
/// Several paths are the files of one capture, one per thread of the emulator (`-D name-%d.log` of QEMU).
public func openTrace(paths: [String], options: ImportOptions = ImportOptions()) throws(TraceError) -> any EventSource {
  let path = paths.first ?? "-"
  let file = open(path, O_RDONLY)
  guard file >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
  defer { close(file) }
  var status = stat()
  guard fstat(file, &status) == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
  let size = Int(status.st_size)
  guard size > 0, let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
    throw .unreadable(path: path, reason: "empty")
  }
  return QEMULogSource(bytes: UnsafeRawBufferPointer(start: start, count: size), isStrict: options.isStrict)
}
