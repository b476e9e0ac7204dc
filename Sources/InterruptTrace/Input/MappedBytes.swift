import Glibc

/// A file's bytes mapped read-only, for whoever parses in place from front to back.
final class MappedBytes {
  private let base: UnsafeMutableRawPointer
  private let origin: Int
  private let length: Int
  private var released = 0

  /// Maps `origin + count` bytes; nil if the system refuses.
  init?(descriptor: Int32, origin: Int, count: Int) {
    guard let mapped = mmap(nil, origin + count, PROT_READ, MAP_PRIVATE, descriptor, 0), mapped != MAP_FAILED else {
      return nil
    }
    madvise(mapped, origin + count, MADV_SEQUENTIAL)
    base = mapped
    self.origin = origin
    length = origin + count
  }

  deinit { munmap(base, length) }

  /// The bytes from the origin on.
  var bytes: UnsafeRawBufferPointer { .init(start: base + origin, count: length - origin) }

  /// Gives the pages before `offset` back to the system. They stay readable, at the price of a page fault.
  ///
  /// Without this the resident size grows with the capture.
  func release(before offset: Int) {
    let pageMask = Int(sysconf(Int32(_SC_PAGESIZE))) - 1
    let target = min(max(offset, 0) + origin, length) & ~pageMask
    // A call per MiB: the call costs about as much as parsing some lines.
    guard target - released >= 1 << 20 else { return }
    madvise(base + released, target - released, MADV_DONTNEED)
    released = target
  }
}
