import Analyzers
import ArgumentParser
import HypervisorModel
import Reports

/// `gicscope whatif`.
struct WhatIfCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatif",
    abstract: "The same interrupts against other list registers and other policies of a hypervisor.",
    discussion: "Policies: kvm-legacy (Linux up to 6.18), kvm-overflow (from 6.19).")

  @OptionGroup var trace: TraceOptions
  @OptionGroup var window: WindowOptions
  @OptionGroup var json: JSONOptions

  @Option(help: ArgumentHelp("Numbers of list registers, 1 to 64: 1,2,4 or 2-5.", valueName: "list"))
  var listRegisters = "1,2,4,8,16"

  @Option(help: ArgumentHelp("Policies, separated by commas.", valueName: "list"))
  var policy = "kvm-legacy,kvm-overflow"

  @Option(help: ArgumentHelp("What a maintenance interrupt takes, in ns.", valueName: "ns"))
  var maintenanceCost = ListRegisterReplay.assumedMaintenanceCost

  var inputs: [String] { trace.inputs }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    let variants = try variants()
    let (engine, progress) = try trace.engine(window: window.window)
    let replay = ListRegisterReplay(variants: variants, maintenanceCost: maintenanceCost)
    try engine.run(replay.consume)
    progress.clear()
    try window.check(engine)
    let report = ListRegisterWhatIf(
      trace: TraceSummary(path: trace.path, engine: engine, gaps: 0), outlooks: replay.results,
      maintenanceCost: maintenanceCost)
    try json.write(text: { report.text($0) }, json: { report.json })
    if let damage = trace.conclude(report.trace) { throw damage }
  }

  private func variants() throws -> [ListRegisterVariant] {
    guard let numbers = NumberSet(listRegisters) else {
      throw UsageError(message: "--list-registers \(listRegisters): numbers and ranges, such as 1,2,4 or 2-5")
    }
    let counts = numbers.numbers(upTo: 64).filter { $0 > 0 }.sorted()
    guard !counts.isEmpty else {
      throw UsageError(message: "--list-registers \(listRegisters): there are 1 to 64 list registers")
    }
    let policies = try policy.split(separator: ",").map { name in
      guard let policy = ListRegisterPolicy(rawValue: String(name)) else {
        let known = ListRegisterPolicy.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError(message: "--policy \(name): known are \(known)")
      }
      return policy
    }
    guard !policies.isEmpty else { throw UsageError(message: "--policy: none is given") }
    return policies.flatMap { policy in counts.map { ListRegisterVariant(policy: policy, count: Int($0)) } }
  }
}
