import Analyzers
import InterruptTrace

/// `whatif`'s answer about list registers, ready to be rendered.
public struct ListRegisterWhatIf: Sendable {
  /// What was read.
  public var trace: TraceSummary
  /// A row for each variant.
  public var outlooks: [ListRegisterOutlook]
  /// What a maintenance interrupt was assumed to take, in ns.
  public var maintenanceCost: UInt64

  /// A report with every field given.
  public init(trace: TraceSummary, outlooks: [ListRegisterOutlook], maintenanceCost: UInt64) {
    self.trace = trace
    self.outlooks = outlooks
    self.maintenanceCost = maintenanceCost
  }

  /// For a terminal.
  public func text(_ style: TextStyle) -> String {
    var out = trace.text(style)
    if let reason = reasonForNone { return out + "\n" + style.apply(.notice, reason) + "\n" }
    let table = ResultTables.listRegisterOutlooks.text(outlooks, PENaming(trace.topology), style)
    out += "\n" + style.apply(.heading, "What if there were other list registers") + "\n" + table
    return out + WrappedParts.lines(explanations, " ", style: style, .faint) + trace.ignored(style)
  }

  private var reasonForNone: String? {
    if !outlooks.contains(where: { $0.loads > 0 }) { return "No list register was loaded in this capture." }
    if !outlooks.contains(where: { $0.taken > 0 }) {
      return "The capture shows no acknowledge of a guest: when it wanted its interrupts is not known."
    }
    return nil
  }

  private var explanations: [String] {
    guard let first = outlooks.first else { return [] }
    var parts = [
      "of \(Units.count(first.taken, "interrupt")) that guests took;",
      "overflow: entries with more interrupts than list registers;",
      "waited: interrupts that found none; most: at one time; maint.: maintenance interrupts,",
      "of them U, NP, LRENP; delayed: taken later than in the",
      "capture; lost: ends that the hypervisor did not notice.",
      "Inferred: arrivals and the guest's times are the capture's,",
      "a maintenance interrupt is assumed to take \(Units.duration(maintenanceCost)).",
    ]
    if first.pressedEntries > 0 {
      parts += [
        "At \(Units.count(first.pressedEntries, "entry", "entries")) the capture's own hypervisor had",
        "more interrupts than list registers:",
        "what waited there counts from when it was listed.",
      ]
    }
    if let stalled = outlooks.first(where: { $0.stalledEntries > 0 }) {
      parts += [
        "With \(Units.count(stalled.variant.count, "list register"))",
        "underflow (U) holds as soon as it is asked for: a guest that leaves at once gets nowhere.",
        "Its rows are those of one that takes an interrupt first.",
      ]
    }
    return parts
  }

  /// The object that scripts depend on; times are in ns.
  public var json: ValueTree {
    let rows = ValueTree.list(ResultTables.listRegisterOutlooks.objects(outlooks, PENaming(trace.topology)))
    return Document.json(
      command: "whatif", trace: trace,
      [.init("maintenance_cost_ns", .number(maintenanceCost)), .init("list_registers", rows)])
  }
}
