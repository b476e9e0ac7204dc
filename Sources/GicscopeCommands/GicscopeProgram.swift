import ArgumentParser
import Glibc

/// gicscope as a program: its command line, from the arguments to the exit code.
public enum GicscopeProgram {
  /// Runs the command that the arguments of the process name, and returns the exit code.
  ///
  /// - Parameter benchmark: the commands and stores of the LPI benchmark; nil where they are not linked in.
  public static func run(with benchmark: LPIBenchmarkCommands? = nil) -> Int32 {
    // A reader that has seen enough (`gicscope events … | head`) is no error: writing then fails with EPIPE, which
    // StandardOutput turns into a quiet end.
    signal(SIGPIPE, SIG_IGN)
    return LPIBenchmarkCommands.$linked.withValue(benchmark) {
      do {
        var command = try Gicscope.parseAsRoot(CommandLineArguments.prepared(Array(CommandLine.arguments.dropFirst())))
        try command.run()
        return ExitStatus.done.rawValue
      } catch {
        return ExitStatus.report(error)
      }
    }
  }
}
