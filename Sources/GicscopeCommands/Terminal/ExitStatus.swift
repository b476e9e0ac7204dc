import ArgumentParser
import Glibc
import InterruptTrace
import Reports

/// The exit codes that scripts depend on.
public enum ExitStatus {
  static let done = ExitCode(0)
  /// A threshold was crossed, a prediction disagreed, or stores gave different answers.
  public static let failed = ExitCode(1)
  static let usage = ExitCode(2)
  static let unreadable = ExitCode(3)
  static let damaged = ExitCode(4)

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

/// The user asked for something that can not be done.
public struct UsageError: Error {
  var message: String

  /// An error; the message is a sentence without a full stop.
  public init(message: String) { self.message = message }
}

/// Whoever reads standard output has gone.
struct OutputClosed: Error {}

/// A file that can not be written.
struct OutputError: Error {
  var path: String
  var reason: String
}
