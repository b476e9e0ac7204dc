import Glibc
import InterruptTrace

/// A capture's events, each at hand by its number: in a file without a name that the system gives memory to as it has it.
///
/// 32 bytes an event on disk, in the directory for temporary files; gone with the archive, even after a crash.
final class EventArchive {

  private let descriptor: Int32
  private var mapped: UnsafeMutableRawPointer?
  private var mappedSize = 0
  /// Events in it.
  private(set) var count = 0

  /// An empty archive in a directory.
  init(directory: String) throws(TraceError) {
    var template = Array("\(directory)/gicscope-events-XXXXXX".utf8CString)
    descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
    guard descriptor >= 0 else {
      throw .unreadable(path: directory, reason: "no temporary file can be made there (\(Self.lastError)); set TMPDIR")
    }
    unlink(template)
  }

  deinit {
    if let mapped { munmap(mapped, mappedSize) }
    close(descriptor)
  }

  private static var lastError: String { String(cString: strerror(errno)) }

  /// Appends events.
  func append(_ events: UnsafeBufferPointer<Event>) throws(TraceError) {
    var rest = UnsafeRawBufferPointer(events)[...]
    while !rest.isEmpty {
      let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        throw .unreadable(
          path: "temporary file", reason: "\(Self.lastError); events take 32 bytes each, TMPDIR says where")
      }
    }
    count += events.count
  }

  /// Makes what was appended readable.
  func seal() throws(TraceError) {
    guard count > 0 else { return }
    let size = count * MemoryLayout<Event>.stride
    let pages = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let pages, pages != MAP_FAILED else {
      throw .unreadable(path: "temporary file", reason: "can not be mapped: \(Self.lastError)")
    }
    mapped = pages
    mappedSize = size
  }

  /// The events, once sealed.
  var events: UnsafeBufferPointer<Event> {
    guard let mapped else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: mapped.assumingMemoryBound(to: Event.self), count: count)
  }
}
