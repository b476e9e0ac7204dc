/// What a recording will allow to conclude, and what not.
public struct Conclusion: Equatable, Sendable {
  /// Whether it can be concluded.
  public var isPossible: Bool
  /// What.
  public var text: String
  /// What would have to be different; empty if there is nothing to be done, or nothing is missing.
  public var remedy: String

  private init(_ isPossible: Bool, _ text: String, remedy: String = "") {
    self.isPossible = isPossible
    self.text = text
    self.remedy = remedy
  }

  /// What follows from a plan if these probes are taken.
  public static func all(_ plan: ProbePlan, _ choice: ProbeChoice) -> [Conclusion] {
    // Guests of a GICv2 have no ITS, and so no LPIs.
    let hasLPIs = plan.listRegisters != .v2
    return [listRegisters(plan, choice), injections(choice, hasLPIs: hasLPIs)]
      + (hasLPIs ? [messages(choice), commands(choice)] : []) + others(plan, choice) + [guests(choice)]
  }

  /// What no recording on the host alone shows.
  private static func guests(_ choice: ProbeChoice) -> Conclusion {
    choice.recordsGuests
      ? Conclusion(true, "when guests' kernels handle their interrupts, between an entry and the next exit")
      : Conclusion(
        false, "when, between an entry and the next exit, a guest acknowledged or ended an interrupt",
        remedy: "record inside the guest too: --guest, with trace-cmd agent in it, or its own trace (trace-cmd record "
          + "-C mono -e irq -e ipi) in the folder as guest.dat, with its /proc/interrupts as guest-interrupts.txt")
  }

  private static func listRegisters(_ plan: ProbePlan, _ choice: ProbeChoice) -> Conclusion {
    let atEntry = choice.gives("lr_entry", .listRegistersAtEntry)
    let atExit = choice.gives("lr_fold", .listRegistersAtExit)
    if atEntry, atExit {
      return Conclusion(true, "what each list register holds at every entry and exit, for all classes of interrupts")
    }
    let what =
      atEntry
      ? "what list registers hold at exits; whether an interrupt was ended is inferred by rules"
      : atExit
        ? "what list registers hold at entries; which interrupts a guest is given is inferred by rules"
        : "what list registers hold; which interrupts a guest is given and has ended is inferred by rules"
    let reason = (choice.obstacles[.listRegistersAtEntry] ?? []) + (choice.obstacles[.listRegistersAtExit] ?? [])
    return Conclusion(false, what, remedy: remedy(plan, reason))
  }

  private static func remedy(_ plan: ProbePlan, _ reasons: [String]) -> String {
    if plan.kernel.types == nil {
      return "give the kernel's types with --btf FILE, as pahole makes them of its vmlinux with debug information "
        + "(pahole --btf_encode_detached=FILE vmlinux), or use a kernel with CONFIG_DEBUG_INFO_BTF"
    }
    return reasons.isEmpty ? "" : "\(reasons[0]); a kernel in which it is not inlined and not excluded from tracing"
  }

  private static func injections(_ choice: ProbeChoice, hasLPIs: Bool) -> Conclusion {
    if choice.probes[.injections]?.contains(where: { !$0.arguments.isEmpty }) ?? false {
      return Conclusion(
        true, "every injection, of SGIs, PPIs\(hasLPIs ? ", SPIs and LPIs" : " and SPIs"), with its INTID")
    }
    return Conclusion(
      false, "injections of SGIs\(hasLPIs ? " and LPIs" : ""); attempts to drive lines of PPIs and SPIs are shown",
      remedy: choice.obstacles[.injections]?.first ?? "")
  }

  private static func messages(_ choice: ProbeChoice) -> Conclusion {
    switch (choice.probes[.messages] != nil, choice.probes[.cachedMessages] != nil) {
    case (true, true): Conclusion(true, "LPIs with their DeviceID and EventID")
    case (true, false):
      Conclusion(
        false, "LPIs that an irqfd injects without a thread; others are shown with DeviceID and EventID",
        remedy: choice.obstacles[.cachedMessages]?.first ?? "")
    default:
      Conclusion(false, "DeviceIDs and EventIDs of LPIs", remedy: choice.obstacles[.messages]?.first ?? "")
    }
  }

  private static func commands(_ choice: ProbeChoice) -> Conclusion {
    let probes = choice.probes[.guestCommands] ?? []
    if probes.contains(where: { $0.event == "vgic_its_handle_command" }) || probes.count >= 10 {
      return Conclusion(true, "commands of guests' ITSes")
    }
    let text =
      probes.isEmpty
      ? "commands of guests' ITSes; that there are new ones is shown by the trapped write of GITS_CWRITER"
      : "most commands of guests' ITSes; shown are only \(probes.map(\.event).joined(separator: ", "))"
    return Conclusion(
      false, text, remedy: "Linux 6.9 or later, where a probe sees what KVM reads from the command queue")
  }

  private static func others(_ plan: ProbePlan, _ choice: ProbeChoice) -> [Conclusion] {
    var conclusions: [Conclusion] = []
    if plan.listRegisters == .v3 {
      conclusions.append(
        choice.probes[.sgis] != nil
          ? Conclusion(true, "SGIs that guests send, with their targets")
          : Conclusion(false, "targets of the SGIs that guests send", remedy: choice.obstacles[.sgis]?.first ?? ""))
      conclusions.append(
        choice.probes[.hostCommands] != nil
          ? Conclusion(true, "how the host maps and moves the interrupts of its own devices")
          : Conclusion(false, "commands of the host's own ITS", remedy: choice.obstacles[.hostCommands]?.first ?? ""))
    }
    if plan.missingEvents.contains("ipi:ipi_send_cpu") {
      conclusions.append(Conclusion(false, "who sends each IPI of the host", remedy: "Linux 6.4 or later"))
    }
    if plan.missingEvents.contains("sched:sched_switch") {
      conclusions.append(
        Conclusion(
          false, "when vCPUs' threads were preempted", remedy: "a kernel with the tracepoint sched:sched_switch"))
    }
    return conclusions
  }
}
