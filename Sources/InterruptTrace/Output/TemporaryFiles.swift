import Glibc

/// A file beside the one that it will become, which has no other use.
struct TemporaryFile {
  let path: String
  let descriptor: Int32
  private let slot: Int

  /// Makes one; nil if that fails, with `errno` set.
  init?(beside final: String) {
    let slash = final.lastIndex(of: "/")
    let folder = slash.map { String(final[...$0]) } ?? ""
    let name = slash.map { final[final.index(after: $0)...] } ?? final[...]
    // File systems limit names to 255 bytes.
    let base = name.utf8.count <= 224 ? String(name) : "gicscope"
    for attempt in 0..<100 {
      let path = "\(folder)\(base).\(getpid())\(attempt == 0 ? "" : "-\(attempt)").partial"
      let slot = TemporaryFiles.add(path)
      // Nobody else's file, and no link to one, is ever written to.
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        (self.path, self.descriptor, self.slot) = (path, descriptor, slot)
        return
      }
      let error = errno
      TemporaryFiles.forget(slot)
      errno = error
      if error != EEXIST { return nil }
    }
    return nil
  }

  func remove() {
    unlink(path)
    forget()
  }

  /// It has another name now.
  func forget() { TemporaryFiles.forget(slot) }
}

/// The temporary files of all outputs that are being written. Whatever ends the program takes them along.
public enum TemporaryFiles {
  private static let limit = 256
  /// C strings, which are never freed: a signal may be reading them.
  nonisolated(unsafe) private static let paths: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
    let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: limit)
    paths.initialize(repeating: nil, count: limit)
    return paths
  }()
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    return lock
  }()

  /// Its slot; -1 if there are more than anybody has, which a signal leaves behind.
  static func add(_ path: String) -> Int {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    guard let slot = (0..<limit).first(where: { paths[$0] == nil }) else { return -1 }
    paths[slot] = strdup(path)
    return slot
  }

  static func forget(_ slot: Int) {
    guard slot >= 0 else { return }
    pthread_mutex_lock(lock)
    paths[slot] = nil
    pthread_mutex_unlock(lock)
  }

  /// Removes every temporary file. Only calls what a signal handler may call.
  public static func removeAll() {
    for slot in 0..<limit {
      guard let path = paths[slot] else { continue }
      unlink(path)
    }
  }

  /// From now on SIGINT, SIGTERM and SIGHUP remove them before they end the program, as far as they would end it.
  public static func removeOnSignals() {
    // Made now, so that the handler makes nothing.
    removeAll()
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      guard sigaction(number, nil, &action) == 0,
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
          == unsafeBitCast(SIG_DFL as sighandler_t?, to: Int.self)
      else { continue }
      action.__sigaction_handler.sa_handler = { number in
        TemporaryFiles.removeAll()
        // The default action is in force again (SA_RESETHAND) and follows when this returns.
        raise(number)
      }
      action.sa_flags = Int32(bitPattern: SA_RESETHAND)
      sigaction(number, &action, nil)
    }
  }
}
