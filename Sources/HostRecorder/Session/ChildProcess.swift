import Glibc

/// A program that is run beside this one, in a process group of its own, so that what the terminal sends reaches only us.
public final class ChildProcess {
  /// How it ended.
  public enum End: Equatable, Sendable {
    /// With an exit code.
    case exited(Int32)
    /// By a signal.
    case killed(Int32)

    /// In words.
    public var description: String {
      switch self {
      case .exited(let code): code == 0 ? "ended" : "ended with exit code \(code)"
      case .killed(let number): "was ended by signal \(number) (\(String(cString: strsignal(number))))"
      }
    }
  }

  /// A program that cannot be started.
  public struct StartError: Error, Equatable, Sendable {
    /// Its name.
    public var program: String
    /// What the operating system says.
    public var reason: String
  }

  /// Its number, which is that of its group too.
  public let process: pid_t
  private var end: End?

  /// Starts a program, looked for in `PATH`.
  ///
  /// - Parameters:
  ///   - arguments: the program and its arguments.
  ///   - inOwnGroup: false for a program that uses the terminal.
  ///   - input: what it reads as standard input; nil for ours.
  ///   - output: a descriptor for its standard output; nil for ours.
  ///   - errors: a descriptor for its standard error; nil for ours.
  public init(
    _ arguments: [String], inOwnGroup: Bool = true, input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil
  ) throws(StartError) {
    var attributes = posix_spawnattr_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawnattr_init(&attributes)
    posix_spawn_file_actions_init(&actions)
    defer {
      posix_spawnattr_destroy(&attributes)
      posix_spawn_file_actions_destroy(&actions)
    }
    // Signals that wait here, for us to take them one by one, do not wait there.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    let group = inOwnGroup ? POSIX_SPAWN_SETPGROUP : 0
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
    for (source, target) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)] {
      if let source { posix_spawn_file_actions_adddup2(&actions, source, target) }
    }
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var number = pid_t()
    let error = posix_spawnp(&number, arguments[0], &actions, &attributes, &words, environ)
    guard error == 0 else { throw StartError(program: arguments[0], reason: String(cString: strerror(error))) }
    process = number
  }

  /// How it ended; nil while it runs.
  public func poll() -> End? { take(WNOHANG) }

  /// Waits for its end.
  public func wait() -> End {
    while true { if let end = take(0) { return end } }
  }

  private func take(_ options: Int32) -> End? {
    if let end { return end }
    var status: Int32 = 0
    guard waitpid(process, &status, options) == process else { return nil }
    // WIFSIGNALED and WEXITSTATUS, which are macros.
    end = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
    return end
  }

  /// Sends it a signal, unless it has ended.
  public func signal(_ number: Int32) {
    if end == nil { kill(process, number) }
  }

  /// Sends a signal to what is left of its group, also after its own end.
  public func signalGroup(_ number: Int32) { kill(-process, number) }
}
