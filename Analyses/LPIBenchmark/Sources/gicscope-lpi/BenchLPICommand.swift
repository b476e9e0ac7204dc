import ArgumentParser
import Foundation
import GicscopeCommands
import InterruptTrace
import LPIBenchmark
import LPIWorkloads
import Replay
import Reports
import TraceImporters

/// `gicscope bench lpi`.
struct BenchLPICommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "lpi",
    abstract: "Structures for sparse LPIs, in the same workloads and one run.",
    discussion: """
      A workload is a population and what is done with it: linux-1m/lookup-random, stress-64x2048x32/burst-64.

      \(LPIWorkload.naming)

      This measures data structures. It is no claim about the speed of a hypervisor.
      """
  )

  @Option(
    help: ArgumentHelp(
      "Only these, by name; the default takes part in any case. There are \(LPIContender.names).", valueName: "names")
  )
  var stores: String?

  @Option(
    help: ArgumentHelp(
      "Only these: workloads, or all usual ones of a population or of an operation; or none.", valueName: "names")
  )
  var workloads: String?

  @Option(
    help: ArgumentHelp(
      "Also the LPI traffic of this capture: maps, MSIs, acknowledges, moves, invalidations. Can be given more than once.",
      valueName: "trace"
    )
  )
  var capture: [String] = []

  @Flag(help: "Less: up to 65536 LPIs, fewer repetitions.")
  var quick = false

  @OptionGroup var json: JSONOptions

  @Option(help: "Also a page with pictures.")
  var html: String?

  @Option(help: "Also the picture alone.")
  var svg: String?

  @Option(
    help: ArgumentHelp(
      "Also this document: what stands between \(LPIBenchMarkdown.begin) and \(LPIBenchMarkdown.end) is replaced.",
      valueName: "file")
  )
  var markdown: String?

  @Option(help: "Of all random numbers.")
  var seed: UInt64 = 1

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("How often each store has its turn with a population.", valueName: "count"))
  var rounds: Int?

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  @Flag(help: "No progress line.")
  var noProgress = false

  var inputs: [String] { capture }
  var outputs: [NamedOutput] {
    let files = [("--html", html), ("--svg", svg), ("--markdown", markdown)]
    return json.outputs + files.compactMap { option, path in path.map { NamedOutput(option, $0) } }
  }

  func run() throws {
    var options = LPIBenchmarkOptions()
    options.seed = seed
    if quick {
      options.turns = 1
      options.minimumOperations = 1 << 17
      options.secondsPerRepetition = 0.1
    }
    if let rounds { options.turns = max(rounds, 1) }
    var run = LPIBenchmarkRun(contenders: try contenders, workloads: try chosenWorkloads, options: options)
    run.traffic = try capture.map(Self.traffic)
    // What is wrong is said before minutes have passed.
    if let markdown { _ = try Self.document(markdown, LPIBenchmarkRun(workloads: []).measure()) }
    let progress = ProgressLine(isShown: !quiet && !noProgress)
    let report = run.measure { progress.draw("\($0.done) of \($0.total)  \($0.current)") }
    progress.clear()
    try writeFiles(report)
    try json.write(text: { LPIBenchText(report).render($0) }, json: { report.json })
    if !report.disagreements.isEmpty { throw ExitStatus.failed }
  }

  private func writeFiles(_ report: LPIBenchmarkReport) throws {
    if let html { try OutputFile.write(report.html, to: html) }
    if let svg { try OutputFile.write(report.svg, to: svg) }
    if let markdown { try OutputFile.write(try Self.document(markdown, report), to: markdown) }
  }

  private static func document(_ path: String, _ report: LPIBenchmarkReport) throws -> String {
    let figures = LPIBenchMarkdown(report, heading: Machine.sentence)
    guard let old = try? String(contentsOfFile: path, encoding: .utf8), let new = figures.replacing(in: old) else {
      throw UsageError(message: "\(path): no file with \(LPIBenchMarkdown.begin) and \(LPIBenchMarkdown.end) in it")
    }
    return new
  }

  private static func traffic(_ path: String) throws -> LPITraffic {
    let engine = ReplayEngine(source: try openTrace(paths: [path]))
    var recorder = LPITrafficRecorder()
    try engine.run { recorder.consume($0) }
    let traffic = recorder.traffic(name: String(path.split(separator: "/").last ?? "capture"))
    guard !traffic.operations.isEmpty else { throw UsageError(message: "\(path): no LPI in it") }
    return traffic
  }

  private var contenders: [LPIContender] {
    get throws {
      guard let stores else { return LPIContender.all }
      let names = stores.split(separator: ",").map(String.init)
      for name in names where LPIContender.named(name) == nil {
        throw UsageError(message: "no LPI store \(name); there are \(LPIContender.names)")
      }
      return LPIContender.all.enumerated().filter { $0.offset == 0 || names.contains($0.element.name) }.map(\.element)
    }
  }

  private var chosenWorkloads: [LPIWorkload] {
    get throws {
      let usual = LPIWorkload.standard(isQuick: quick)
      guard let workloads else { return usual }
      if workloads == "none" { return [] }
      var chosen: [LPIWorkload] = []
      for name in workloads.split(separator: ",").map(String.init) {
        var named = LPIWorkload.standard(isQuick: false)
          .filter { $0.name == name || $0.shape.name == name || $0.kind.name == name }
        if named.isEmpty, let other = LPIWorkload(name: name) { named = [other] }
        guard !named.isEmpty else {
          throw UsageError(message: "no workload \(name); see gicscope bench lpi --help for how they are named")
        }
        for workload in named where !chosen.contains(workload) { chosen.append(workload) }
      }
      return chosen
    }
  }
}
