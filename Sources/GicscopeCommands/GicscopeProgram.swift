import ArgumentParser
import Glibc

/// gicscope as a program: its command line, from the arguments to the exit code.
public enum GicscopeProgram {
  /// Does what the arguments of the process say, and gives its exit code.
  public static func run() -> Int32 {
    // A reader that has seen enough (`gicscope events … | head`) is no error: writing then fails with EPIPE, which
    // StandardOutput turns into a quiet end.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try Gicscope.parseAsRoot(CommandLineArguments.prepared(Array(CommandLine.arguments.dropFirst())))
      try command.run()
      return ExitStatus.done.rawValue
    } catch {
      return ExitStatus.report(error)
    }
  }
}
