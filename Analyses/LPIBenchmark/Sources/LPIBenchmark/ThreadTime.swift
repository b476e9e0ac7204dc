import Glibc

/// Processor time of this thread: what waiting costs is not in it.
enum ThreadTime {
  /// Nanoseconds since the thread began.
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
