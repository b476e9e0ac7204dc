import ArgumentParser
import Glibc
import InterruptTrace
import Reports

/// gicscope as a program: its command line, from the arguments to the exit code.
public enum GicscopeProgram {
  /// Runs the command that the arguments of the process name, and returns the exit code.
  ///
  /// - Parameters:
  ///   - benchmark: the commands and stores of the LPI benchmark; nil where they are not linked in.
  ///   - commit: the commit that the program was built from; empty if that is unknown.
  public static func run(with benchmark: LPIBenchmarkCommands? = nil, commit: String = "") -> Int32 {
    ToolVersion.wasBuilt(from: commit)
    // Writing to a pipe that nobody reads any more fails with EPIPE, which is a quiet end.
    signal(SIGPIPE, SIG_IGN)
    StandardDescriptors.occupy()
    TemporaryFiles.removeOnSignals()
    defer { TemporaryFiles.removeAll() }
    return LPIBenchmarkCommands.$linked.withValue(benchmark) {
      do {
        let arguments = Array(CommandLine.arguments.dropFirst())
        try CommandLineArguments.checkCommand(arguments)
        var command = try Gicscope.parseAsRoot(CommandLineArguments.prepared(arguments))
        try (command as? any FileCommand)?.checkFiles()
        try command.run()
        return ExitStatus.done.rawValue
      } catch {
        return ExitStatus.report(error)
      }
    }
  }
}
