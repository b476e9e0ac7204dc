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
  private(set) var eventCount: UInt64 = 0
  /// Records in it: events and their continuations.
  private var count = 0
  /// Events before each piece of so many records.
  private static let pieceSize = 1024
  private var eventsBefore: [UInt64] = []

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
    for event in events {
      if count % Self.pieceSize == 0 { eventsBefore.append(eventCount) }
      count += 1
      if event.kind != .continuation { eventCount += 1 }
    }
  }

  /// Makes what was appended readable.
  func seal() throws(TraceError) {
    guard count > 0 else { return }
    let size = count * MemoryLayout<Event>.stride
    let pages = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
    guard let pages, pages != MAP_FAILED else {
      throw .unreadable(path: "temporary file", reason: "cannot be mapped: \(Self.lastError)")
    }
    mapped = pages
    mappedSize = size
  }

  /// An event and its continuations, once sealed. O(log events).
  func group(at number: UInt64) -> UnsafeBufferPointer<Event> {
    guard number < eventCount else { return UnsafeBufferPointer(start: nil, count: 0) }
    let place = place(of: number)
    return UnsafeBufferPointer(rebasing: records[place..<records.end(ofEventAt: place)])
  }

  /// Events with their continuations, once sealed.
  func group(_ numbers: Range<UInt64>) -> UnsafeBufferPointer<Event> {
    UnsafeBufferPointer(rebasing: records[place(of: numbers.lowerBound)..<place(of: numbers.upperBound)])
  }

  private func place(of number: UInt64) -> Int {
    guard number < eventCount else { return count }
    let last = eventsBefore.partitioningIndex { $0 > number } - 1
    let start = last * Self.pieceSize
    let piece = UnsafeBufferPointer(rebasing: records[start...])
    return start + piece.place(ofEvent: Int(number - eventsBefore[last]))
  }

  private var records: UnsafeBufferPointer<Event> {
    guard let mapped else { return UnsafeBufferPointer(start: nil, count: 0) }
    return UnsafeBufferPointer(start: mapped.assumingMemoryBound(to: Event.self), count: count)
  }
}
