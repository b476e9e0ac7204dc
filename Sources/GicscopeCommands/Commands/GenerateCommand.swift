import ArgumentParser
import InterruptTrace
import LPIWorkloads
import Reports

/// `gicscope generate`.
struct GenerateCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes a synthetic workload of LPIs as a capture with a known answer.",
    discussion: """
      WORKLOAD is a population and what is done with it, as in gicscope bench lpi: stress-4x16x32/immediate, \
      linux-1k/burst-64, uniform-64k/deep, linux-1k/churn, /clear, /reconfigure, /move-all.

      \(LPIWorkload.naming)

      Every acknowledge in the capture shows the INTID that follows from what is pending by sorting; no model was asked. \
      gicscope verify compares the model with that.
      """
  )

  @Argument(help: "Population and operation: stress-4x16x32/immediate.")
  var workload: String

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The file to write: NAME.pcap.lz4; - is standard output.", valueName: "file")
  )
  var output: String

  @Option(help: ArgumentHelp("How often it is done.", valueName: "count"))
  var iterations = 1

  @Option(help: ArgumentHelp("Of all random numbers.", valueName: "number"))
  var seed: UInt64 = 1

  @Flag(name: .shortAndLong, help: "No remarks: only errors.")
  var quiet = false

  func validate() throws {
    guard (1...1_000_000).contains(iterations) else { throw ValidationError("--iterations goes from 1 to 1000000.") }
  }

  var inputs: [String] { [] }
  var outputs: [NamedOutput] { [NamedOutput("-o", output, .capture, mayBeStandardOutput: true)] }

  func run() throws {
    guard let chosen = LPIWorkload(name: workload) else {
      throw UsageError(message: "no workload \(workload); see gicscope generate --help for how they are named")
    }
    guard chosen.isTraffic else {
      throw UsageError(
        message: "\(workload): a controller has no such operation; take one with interrupts, as immediate")
    }
    let (peCount, intidBits) = chosen.shape.dimensions(seed: seed)
    var capture = try LPICaptureWriter(path: output, peCount: peCount, intidBits: intidBits)
    try chosen.forEachOperation(seed: seed, iterations: iterations) { operation throws(OutputError) in
      try capture.append(operation)
    }
    try capture.finish()
    if !quiet { StandardError.write("\(output): \(Self.text(capture.summary))\n") }
  }

  private static func text(_ summary: LPICaptureWriter.Summary) -> String {
    "\(Units.count(summary.events, "record")): \(Units.count(summary.commands, "ITS command")), "
      + "\(Units.count(summary.injections, "MSI")), \(Units.count(summary.acknowledges, "acknowledge"))"
  }
}
