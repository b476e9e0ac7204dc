import ArgumentParser
import InterruptTrace
import Reports

/// Stands above the commands: only their root can word what the parser of the command line says.
extension ExitStatus {
  /// Tells the user about an error and gives its exit code.
  static func report(_ error: any Error) -> Int32 {
    switch error {
    case is OutputClosed: return 0
    case let error as TraceError:
      StandardError.write("gicscope: \(error.message)\n")
      return error.exitCode
    case let error as OutputError:
      StandardError.write("gicscope: \(error.path): can not be written: \(error.reason)\n")
      return unreadable.rawValue
    case let error as ReportWriteError:
      StandardError.write("gicscope: \(error.path): can not be written: \(error.reason)\n")
      return unreadable.rawValue
    case let error as UsageError:
      StandardError.write("gicscope: \(error.message)\n")
      return usage.rawValue
    case let code as ExitCode: return code.rawValue
    default: break
    }
    let message = Gicscope.fullMessage(for: error)
    if Gicscope.exitCode(for: error) == .success {
      do {
        let output = StandardOutput()
        try output.write(message + "\n")
        try output.flush()
      } catch {}
      return 0
    }
    StandardError.write(message + "\n")
    return usage.rawValue
  }
}
