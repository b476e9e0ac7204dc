import ArgumentParser
import InterruptTrace
import Reports

/// What CI services read.
struct CheckOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Also the --fail-on conditions as test cases, in JUnit's XML.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Also findings and failed conditions as SARIF 2.1.0.", valueName: "file"))
  var sarif: String?

  @Flag(help: "Also findings and failed conditions as annotations of GitHub Actions, after the text.")
  var github = false

  /// For ``FileCommand/outputs``.
  var outputs: [NamedOutput] {
    [
      junit.map { NamedOutput("--junit", $0, mayBeStandardOutput: true) },
      sarif.map { NamedOutput("--sarif", $0, mayBeStandardOutput: true) },
    ].compactMap { $0 }
  }

  /// Writes the files.
  func write(_ checks: CheckReport) throws {
    for (path, content) in [(junit, { checks.junit }), (sarif, { checks.sarif.text })] {
      guard let path else { continue }
      let file = try OutputFile(path: path)
      try file.write(content())
      try file.commit()
    }
  }

  /// Writes the annotations, which GitHub reads from standard output.
  func annotate(_ checks: CheckReport) throws {
    guard github else { return }
    let output = try OutputFile.standardOutput()
    try output.write(checks.annotations)
    try output.commit()
  }
}
