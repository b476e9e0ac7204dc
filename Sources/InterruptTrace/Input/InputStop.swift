import Glibc

/// A request to end reading: pipes give no more bytes from then on, as if whoever writes them had closed them, and what was
/// read is reported as a whole capture.
public enum InputStop {
  /// A pipe: what is written into it wakes every reader. Made once, for the whole program; -1 until then.
  nonisolated(unsafe) private static var ends: (reading: Int32, writing: Int32) = (-1, -1)

  /// From now on the first SIGINT, SIGTERM or SIGHUP ends reading; a second one ends the program. To be called before
  /// anything is read, by one thread. Signals that are ignored, as those of a program in the background, stay so.
  public static func onSignals() {
    guard ends.reading < 0 else { return }
    var pair: [Int32] = [-1, -1]
    guard pipe(&pair) == 0 else { return }
    for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(pair[1], F_SETFL, O_NONBLOCK)
    ends = (pair[0], pair[1])
    var waiting = sigset_t()
    sigemptyset(&waiting)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      sigaddset(&waiting, number)
      var action = sigaction()
      guard sigaction(number, nil, &action) == 0,
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
          != unsafeBitCast(SIG_IGN as sighandler_t?, to: Int.self)
      else { continue }
      action.__sigaction_handler.sa_handler = { number in
        if InputStop.isRequested {
          TemporaryFiles.removeAll()
          signal(number, SIG_DFL)
          raise(number)
        }
        InputStop.request()
      }
      action.sa_flags = 0
      sigaction(number, &action, nil)
    }
    // Who starts a program from a thread that blocks signals leaves them blocked.
    pthread_sigmask(SIG_UNBLOCK, &waiting, nil)
  }

  /// Ends reading. Only calls what a signal handler may call.
  static func request() {
    var byte: UInt8 = 0
    _ = write(ends.writing, &byte, 1)
  }

  /// Whether reading was ended.
  public static var isRequested: Bool {
    var reading = pollfd(fd: ends.reading, events: Int16(POLLIN), revents: 0)
    return ends.reading >= 0 && poll(&reading, 1, 0) > 0
  }

  /// Waits until a descriptor can be read; false if reading was ended before.
  static func wait(for descriptor: Int32) -> Bool {
    guard ends.reading >= 0 else { return true }
    while true {
      var both = [
        pollfd(fd: ends.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&both, 2, -1)
      if count < 0, errno == EINTR { continue }
      return count < 0 || both[0].revents == 0
    }
  }
}
