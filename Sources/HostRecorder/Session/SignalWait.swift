import Glibc

/// Signals that ask the program to end, taken one by one instead of ending it.
public struct SignalWait {
  private var signals = sigset_t()

  /// From now on SIGINT, SIGTERM and SIGHUP wait until they are taken, in this thread and those that it starts.
  public init() {
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// The next signal, or nil if none comes within so many milliseconds.
  public func next(within milliseconds: Int) -> Int32? {
    var signals = signals
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let number = sigtimedwait(&signals, nil, &time)
    return number > 0 ? number : nil
  }
}
