/// Where a report comes from: the program, its command line, and the files that it read.
///
/// The library gives none: whoever runs the analysis knows it.
public struct ReportOrigin: Sendable {
  /// A file of the capture.
  public struct File: Sendable {
    /// As given.
    public var path: String
    /// SHA-256 of its bytes in hexadecimal; of a folder, that of its files' names and digests. Nil for what cannot be read
    /// twice, as standard input.
    public var sha256: String?
    /// When it was last changed, in ISO 8601, UTC; nil if unknown.
    public var modified: String?

    /// A file with every field given.
    public init(path: String, sha256: String?, modified: String?) {
      self.path = path
      self.sha256 = sha256
      self.modified = modified
    }
  }

  /// The version of gicscope.
  public var version = ToolVersion.number
  /// The commit that it was built from; nil if unknown.
  public var commit = ToolVersion.commit
  /// The command line, quoted so that a shell takes it as it was.
  public var commandLine: String
  /// The capture's files.
  public var files: [File]

  /// What this program was started with, and what it read.
  public init(arguments: [String], files: [File]) {
    commandLine = arguments.map(Self.quoted).joined(separator: " ")
    self.files = files
  }

  /// An argument as a POSIX shell takes it.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "-_./=:,@%+".utf8.contains(byte)
    }
    return plain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}
