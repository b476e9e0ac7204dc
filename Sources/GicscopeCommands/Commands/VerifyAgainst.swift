import ArgumentParser
import HypervisorModel
import InterruptTrace
import Replay
import Reports
import TraceImporters

/// `gicscope verify INSIDE --against OUTSIDE`.
extension VerifyCommand {
  /// Compares the list registers that follow from a hypervisor's tracing with those that a capture from below shows.
  func runAgainst(_ outside: String) throws {
    let progress = ProgressLine(isShown: false)
    defer { progress.clear() }
    let options = ImportOptions(isStrict: trace.strict)
    // The capture from inside is read several times.
    let inputs = try trace.trace.map { path throws(TraceError) in try ReopenableInput(path) }
    var trace = trace
    trace.trace = inputs.map(\.path)
    let check = try ListRegisterCheck(outside: try openTrace(paths: [outside], options: options))
    try check.align(inside: try trace.open())
    var hypervisor = HypervisorOptions()
    hypervisor.policy = listRegisterPolicy
    let topology = try trace.topology.map(TopologyFile.read) ?? Topology()
    var known = try trace.open().topology
    known.merge(topology)
    let ofRelease = ListRegisterPolicy(known)
    let policy = listRegisterPolicy ?? ofRelease ?? .kvmLegacy
    let origin =
      listRegisterPolicy != nil
      ? "--policy"
      : ofRelease != nil
        ? "as the traced kernel's release" : "default: the capture shows no kernel release; see --policy"
    var rows: [ListRegisterReport.Comparison] = []
    for knowledge in ListRegisterCheck.Knowledge.allCases {
      let agreement = try check.compare(
        inside: try trace.open(), topology: topology, options: hypervisor, knowledge: knowledge)
      rows.append(ListRegisterReport.Comparison(knowledge: knowledge, agreement: agreement))
    }
    let report = ListRegisterReport(
      inside: self.trace.path, outside: outside, policy: policy, policyOrigin: origin,
      listRegisters: check.listRegisters, rows: rows)
    try json.write(
      text: { report.text($0) },
      json: {
        .object([
          .init("schema", .number(1)), .init("command", .text("verify")),
          .init("verify", .object([.init("list_registers", report.json)])),
        ])
      }
    )
    // Disagreements with a damaged capture say little: damage comes first.
    let inside = trace.conclude(check.insideDamage, path: self.trace.path)
    let outside = trace.conclude(check.outsideDamage, path: outside)
    if let damage = inside ?? outside { throw damage }
    if report.hasDisagreements { throw ExitStatus.failed }
  }
}

extension ListRegisterPolicy: ExpressibleByArgument {}
