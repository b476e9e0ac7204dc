import ArgumentParser

/// The exit codes that scripts depend on.
public enum ExitStatus {
  static let done = ExitCode(0)
  /// A threshold was crossed, a prediction disagreed, or stores gave different answers.
  public static let failed = ExitCode(1)
  static let usage = ExitCode(2)
  static let unreadable = ExitCode(3)
  static let damaged = ExitCode(4)
}

/// The user asked for something that cannot be done.
public struct UsageError: Error {
  var message: String

  /// An error; the message is a sentence without a full stop.
  public init(message: String) { self.message = message }
}
