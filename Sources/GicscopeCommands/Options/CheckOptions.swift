import ArgumentParser
import InterruptTrace
import Reports

/// What CI services read.
struct CheckOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Also what had to hold as test cases, in JUnit's XML.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Also what failed and what was found as SARIF 2.1.0.", valueName: "file"))
  var sarif: String?

  @Flag(help: "Also what failed and what was found as annotations of GitHub Actions, after the text.")
  var github = false

  /// Refuses annotations where another output goes to standard output too.
  func refuseSharedOutput(_ outputs: [NamedOutput]) throws {
    if github, outputs.contains(where: { $0.path == "-" }) {
      throw ValidationError("--github writes to standard output; name a file for the other output.")
    }
  }

  /// For ``FileCommand/outputs``.
  var outputs: [NamedOutput] {
    [
      junit.map { NamedOutput("--junit", $0, mayBeStandardOutput: true) },
      sarif.map { NamedOutput("--sarif", $0, mayBeStandardOutput: true) },
    ].compactMap { $0 }
  }

  /// Writes the files.
  func write(_ checks: some ServiceReport) throws {
    for (path, content) in [(junit, { checks.junit }), (sarif, { checks.sarif.jsonText })] {
      guard let path else { continue }
      try OutputFile.write(content(), to: path)
    }
  }

  /// Writes the annotations, which GitHub reads from standard output.
  func annotate(_ checks: some ServiceReport) throws {
    guard github else { return }
    try OutputFile.write(checks.annotations, to: "-")
  }
}
