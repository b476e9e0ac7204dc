import Glibc

/// A file or pipe as it is stored, read through one buffer.
///
/// Regular files are read with `pread`, so that a file that shrinks under us is a short read and not a signal.
final class StoredBytes {
  /// What one `read` asks for: the largest block of the native file fits with its header and checksum.
  static let readSize = 512 << 10

  private let descriptor: Int32
  private let closesDescriptor: Bool
  /// Where the input starts in the file: not 0 if standard input is a file that someone has read from.
  private let origin: UInt64
  /// Size in bytes from the origin; nil if the input is not a regular file.
  let size: UInt64?

  private var buffer: UnsafeMutableRawPointer
  private var capacity: Int
  private var start = 0
  private var end = 0
  private var reachedEnd = false
  /// Offset of the first byte that is not consumed.
  private(set) var position: UInt64 = 0
  /// What the operating system said when a read failed.
  private(set) var readError: String?

  /// Takes a descriptor over; it is closed in the end if `closesDescriptor`.
  init(descriptor: Int32, closesDescriptor: Bool) {
    self.descriptor = descriptor
    self.closesDescriptor = closesDescriptor
    var status = stat()
    let offset = lseek(descriptor, 0, SEEK_CUR)
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, offset >= 0 {
      origin = UInt64(offset)
      size = UInt64(max(status.st_size - offset, 0))
    } else {
      origin = 0
      size = nil
    }
    capacity = Self.readSize
    buffer = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit {
    buffer.deallocate()
    if closesDescriptor { close(descriptor) }
  }

  /// Whether ``seek(to:)`` works.
  var isSeekable: Bool { size != nil }

  /// The bytes that are in memory and not consumed. Valid until the next call that reads.
  var available: UnsafeRawBufferPointer { .init(start: buffer + start, count: end - start) }

  /// Consumes `count` of the available bytes.
  func consume(_ count: Int) {
    start += count
    position += UInt64(count)
  }

  /// Makes at least `count` bytes available in one piece; false if the input ends before that.
  func ensure(_ count: Int) -> Bool {
    while end - start < count {
      if !fill(for: count) { return false }
    }
    return true
  }

  /// Reads once; false at the end of the input.
  private func fill(for count: Int) -> Bool {
    if reachedEnd { return false }
    if start == end {
      start = 0
      end = 0
    }
    if capacity - start < max(count, Self.readSize) { makeRoom(for: max(count, Self.readSize)) }
    let got = readSome(into: buffer + end, capacity - end, at: position + UInt64(end - start))
    if got <= 0 {
      reachedEnd = true
      return false
    }
    end += got
    return true
  }

  private func makeRoom(for count: Int) {
    let kept = end - start
    if capacity < count {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
      larger.copyMemory(from: buffer + start, byteCount: kept)
      buffer.deallocate()
      buffer = larger
      capacity = count
    } else {
      memmove(buffer, buffer + start, kept)
    }
    start = 0
    end = kept
  }

  private func readSome(into target: UnsafeMutableRawPointer, _ count: Int, at offset: UInt64) -> Int {
    while true {
      if size == nil, !InputStop.wait(for: descriptor) { return 0 }
      let got =
        size == nil ? Glibc.read(descriptor, target, count) : pread(descriptor, target, count, off_t(origin + offset))
      if got >= 0 { return got }
      if errno == EINTR { continue }
      readError = String(cString: strerror(errno))
      return got
    }
  }

  /// Continues at another offset; O(1).
  func seek(to offset: UInt64) {
    guard let size else { return }
    let target = min(offset, size)
    if target >= position, target - position <= UInt64(end - start) {
      start += Int(target - position)
    } else {
      start = 0
      end = 0
    }
    position = target
    reachedEnd = false
  }

  /// Loads bytes at any offset without moving; the number loaded is less than asked for at the end of the file.
  func load(at offset: UInt64, into target: UnsafeMutableRawBufferPointer) -> Int {
    guard let size, offset < size, let base = target.baseAddress else { return 0 }
    return max(readSome(into: base, target.count, at: offset), 0)
  }

  /// Loads bytes at any offset without moving, all of them unless the file ends before.
  func loadAll(at offset: UInt64, into target: UnsafeMutableRawBufferPointer) -> Int {
    var done = 0
    while done < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let got = load(at: offset + UInt64(done), into: rest)
      if got == 0 { break }
      done += got
    }
    return done
  }
}
