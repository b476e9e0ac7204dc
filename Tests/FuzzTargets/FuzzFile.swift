import Glibc

/// The bytes of one run as a file in memory.
struct FuzzFile: ~Copyable {
  private let descriptor: Int32

  /// A file that holds `parts`, one after the other.
  init(_ parts: [UInt8]...) {
    var name = Array("/dev/shm/gicscope-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    precondition(descriptor >= 0)
    unlink(name)
    for part in parts where !part.isEmpty { precondition(write(descriptor, part, part.count) == part.count) }
  }

  deinit { close(descriptor) }

  /// Opens like any other file.
  var path: String { "/proc/self/fd/\(descriptor)" }
}
