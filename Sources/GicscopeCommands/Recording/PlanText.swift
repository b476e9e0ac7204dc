import HostRecorder

/// What a plan says to people.
enum PlanText {
  /// Everything: events, probes, why others are not possible, and what follows.
  static func full(_ plan: ProbePlan) -> String {
    let choice = plan.firstChoice
    var lines = [heading(plan), "", "events      " + plan.events.joined(separator: " ")]
    lines.append("probes")
    for part in plan.parts {
      let probes = part.alternatives.first ?? []
      if probes.isEmpty, part.role.isMinor, part.obstacles.isEmpty { continue }
      lines.append("  \(part.role.shows): " + (probes.isEmpty ? "none" : list(probes)))
      lines += part.obstacles.map { "    \($0)" }
      for other in part.alternatives.dropFirst() { lines.append("    else \(list(other))") }
    }
    return (lines + [""] + conclusions(plan, choice)).joined(separator: "\n") + "\n"
  }

  /// What is said before a recording starts.
  static func brief(_ plan: ProbePlan, _ choice: ProbeChoice) -> String {
    ([heading(plan)] + conclusions(plan, choice)).joined(separator: "\n") + "\n"
  }

  private static func heading(_ plan: ProbePlan) -> String {
    let kernel = plan.kernel
    var line = "host        Linux \(kernel.release.isEmpty ? "of an unknown release" : kernel.release)"
    line += plan.listRegisters == .v3 ? ", GICv3" : ", GICv2"
    if kernel.listRegisters == nil { line += " (assumed: /proc/interrupts names no controller)" }
    if let problem = kernel.typeProblem { line += "\ntypes       none: \(problem)" }
    return line
  }

  private static func list(_ probes: [Probe]) -> String { probes.map(\.place).joined(separator: ", ") }

  private static func conclusions(_ plan: ProbePlan, _ choice: ProbeChoice) -> [String] {
    let all = Conclusion.all(plan, choice)
    var lines: [String] = []
    for (isPossible, title) in [(true, "shown"), (false, "not shown")] {
      for (index, conclusion) in all.filter({ $0.isPossible == isPossible }).enumerated() {
        let margin = index == 0 ? title : ""
        lines.append(margin + String(repeating: " ", count: 12 - margin.count) + conclusion.text)
        if !conclusion.remedy.isEmpty { lines.append("              remedy: \(conclusion.remedy)") }
      }
    }
    return lines
  }
}
