import ArgumentParser

/// A command that reads and writes files. ``GicscopeProgram`` compares all of them before it runs the command, so that no
/// output harms an input, another output or anything else that is not to be replaced.
public protocol FileCommand: ParsableCommand {
  /// Everything that it reads, captures and other files; `-` is standard input.
  var inputs: [String] { get }
  /// Everything that it may write.
  var outputs: [NamedOutput] { get }
}

extension FileCommand {
  /// Whether one of the files that it writes is standard output, which is then all that goes there.
  var writesToStandardOutput: Bool { outputs.contains { $0.path == "-" && $0.option != "--json" } }
}

/// A file that a command may write.
public struct NamedOutput {
  /// What it holds, which decides what it may replace.
  public enum Content {
    /// A report, a table, a timeline: anything but a capture may be replaced.
    case report
    /// A database, which replaces only one of gicscope's.
    case database
    /// A capture in the native layout: it replaces no capture in another.
    case capture
  }

  /// The option that names it.
  var option: String
  /// Its name; `-` is standard output.
  var path: String
  /// What it holds.
  var content: Content
  /// Whether it can be standard output.
  var mayBeStandardOutput: Bool

  /// An output with every field given.
  public init(_ option: String, _ path: String, _ content: Content = .report, mayBeStandardOutput: Bool = false) {
    self.option = option
    self.path = path
    self.content = content
    self.mayBeStandardOutput = mayBeStandardOutput
  }
}
