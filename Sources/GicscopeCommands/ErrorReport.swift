import ArgumentParser
import HostRecorder
import InterruptTrace
import Reports

/// Stands above the commands: only their root can word what the parser of the command line says.
extension ExitStatus {
  /// Tells the user about an error and gives its exit code.
  static func report(_ error: any Error) -> Int32 {
    switch error {
    case let error as TraceError:
      StandardError.write("gicscope: \(error.message)\n")
      return error.exitCode
    case let error as OutputError:
      // A reader that has seen enough (`gicscope events … | head`) is no error, whichever output it reads.
      if error.isClosed { return done.rawValue }
      StandardError.write("gicscope: \(error.message)\n")
      return unreadable.rawValue
    case let error as UsageError:
      StandardError.write("gicscope: \(error.message)\n")
      return usage.rawValue
    case let error as Recorder.Failure:
      StandardError.write("gicscope: \(error.message)\n")
      return unreadable.rawValue
    case let code as ExitCode: return code.rawValue
    default: break
    }
    let message = Gicscope.fullMessage(for: error)
    if Gicscope.exitCode(for: error) == .success {
      do {
        try OutputFile.write(message + "\n", to: "-")
      } catch {
        return report(error)
      }
      return done.rawValue
    }
    StandardError.write(message + "\n")
    return usage.rawValue
  }
}
