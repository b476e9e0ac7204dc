import Glibc

/// The bytes of one run as a file in memory.
public struct FuzzFile: ~Copyable {
  private let descriptor: Int32

  /// A file that holds `parts`, one after the other.
  public init(_ parts: [UInt8]...) {
    var name = Array("/dev/shm/gicscope-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    precondition(descriptor >= 0)
    unlink(name)
    for part in parts where !part.isEmpty { precondition(write(descriptor, part, part.count) == part.count) }
  }

  deinit { close(descriptor) }

  /// Opens like any other file.
  public var path: String { "/proc/self/fd/\(descriptor)" }
}

/// The bytes of one run.
public func fuzzBytes(_ data: UnsafePointer<UInt8>, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: data, count: count))
}
