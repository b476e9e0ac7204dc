import Glibc

/// Carries the text of a file into a pipe, on a thread of its own, by read and write.
///
/// `cat` will not do: that of busybox sends a file without reading it, and what the kernel sends of `trace_pipe` so lacks
/// pieces of lines.
final class TracePump {
  /// Descriptors, all the thread's own.
  private struct Ends {
    var source: Int32
    var target: Int32
    var stop: Int32
  }

  private let thread: pthread_t
  private let stop: Int32
  /// Where the text is read.
  let output: Int32

  /// Starts on a file that is open, which becomes the pump's own.
  ///
  /// - Throws: ``Recorder/Failure`` if the system has no pipe or thread for it; the file is closed then.
  init(_ source: Int32) throws(Recorder.Failure) {
    var (text, stop): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    let hasPipes = pipe(&text) == 0 && pipe(&stop) == 0
    var thread = pthread_t()
    let ends = UnsafeMutablePointer<Ends>.allocate(capacity: 1)
    ends.initialize(to: Ends(source: source, target: text[1], stop: stop[0]))
    for end in text + stop where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A reader that is slow must not keep the thread from ending.
    _ = fcntl(text[1], F_SETFL, O_NONBLOCK)
    let status = hasPipes ? pthread_create(&thread, nil, { TracePump.run($0!) }, ends) : errno
    guard status == 0 else {
      ends.deallocate()
      for end in text + stop + [source] where end >= 0 { close(end) }
      throw Recorder.Failure(message: "what the kernel traces cannot be read: \(String(cString: strerror(status)))")
    }
    (self.thread, self.stop, output) = (thread, stop[1], text[0])
  }

  /// Ends the thread; what it has not carried yet is lost.
  func finish() {
    close(stop)
    pthread_join(thread, nil)
  }

  private static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let pointer = context.assumingMemoryBound(to: Ends.self)
    let ends = pointer.move()
    pointer.deallocate()
    // Signals are for whoever waits for them.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
    carry(ends)
    for end in [ends.source, ends.target, ends.stop] { close(end) }
    return nil
  }

  private static func carry(_ ends: Ends) {
    var page = [UInt8](repeating: 0, count: 1 << 16)
    while isReady(ends.source, POLLIN, ends) {
      let count = read(ends.source, &page, page.count)
      if count == 0 || count < 0 && errno != EINTR && errno != EAGAIN { return }
      var done = 0
      while done < count {
        guard isReady(ends.target, POLLOUT, ends) else { return }
        let written = page.withUnsafeBytes { write(ends.target, $0.baseAddress! + done, count - done) }
        if written < 0, errno != EINTR, errno != EAGAIN { return }
        done += max(0, written)
      }
    }
  }

  /// Waits for a descriptor; false if the pump is to end.
  private static func isReady(_ descriptor: Int32, _ events: Int32, _ ends: Ends) -> Bool {
    var files = [
      pollfd(fd: descriptor, events: Int16(events), revents: 0),
      pollfd(fd: ends.stop, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&files, 2, -1) < 0 { guard errno == EINTR else { return false } }
    return files[1].revents == 0
  }
}
