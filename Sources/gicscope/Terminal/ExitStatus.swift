import ArgumentParser

/// The exit codes that scripts depend on.
enum ExitStatus {
  static let done = ExitCode(0)
  static let failed = ExitCode(1)
  static let usage = ExitCode(2)
  static let unreadable = ExitCode(3)
  static let damaged = ExitCode(4)
}

/// The user asked for something that can not be done.
struct UsageError: Error {
  var message: String
}

/// Whoever reads standard output has gone.
struct OutputClosed: Error {}

/// A file that can not be written.
struct OutputError: Error {
  var path: String
  var reason: String
}
