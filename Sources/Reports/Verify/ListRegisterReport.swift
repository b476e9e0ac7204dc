import HypervisorModel
import InterruptTrace
import Replay

/// `verify INSIDE --against OUTSIDE`: the list registers that the model of KVM's VGIC predicts, and those that were seen.
public struct ListRegisterReport: Sendable {
  /// One comparison.
  public struct Comparison: Sendable {
    /// What the model was told.
    public var knowledge: ListRegisterCheck.Knowledge
    /// How it came out.
    public var agreement: ListRegisterAgreement

    /// A row with every field given.
    public init(knowledge: ListRegisterCheck.Knowledge, agreement: ListRegisterAgreement) {
      self.knowledge = knowledge
      self.agreement = agreement
    }
  }

  /// The hypervisor's capture.
  public var inside: String
  /// The capture from below.
  public var outside: String
  /// How the hypervisor is taken to choose list registers.
  public var policy: ListRegisterPolicy
  /// Why that is assumed, in words.
  public var policyOrigin: String
  /// List registers of each PE.
  public var listRegisters: Int
  /// The comparisons.
  public var rows: [Comparison]

  /// A report with every field given.
  public init(
    inside: String, outside: String, policy: ListRegisterPolicy, policyOrigin: String, listRegisters: Int,
    rows: [Comparison]
  ) {
    self.inside = inside
    self.outside = outside
    self.policy = policy
    self.policyOrigin = policyOrigin
    self.listRegisters = listRegisters
    self.rows = rows
  }

  /// Whether a prediction that the capture decides failed.
  public var hasDisagreements: Bool { rows.contains { $0.agreement.shown.disagreed > 0 } }

  /// The counts of one class, or of several.
  struct ClassCount: Sendable {
    var name: String
    var key: String
    var count: ListRegisterAgreement.Count

    static func all(_ agreement: ListRegisterAgreement) -> [ClassCount] {
      RegisterClass.allCases.map {
        ClassCount(name: $0.name, key: $0.name.lowercased(), count: agreement.classes[$0.rawValue])
      } + [
        ClassCount(name: "PPI and SPI", key: "ppi_and_spi", count: agreement.shown),
        ClassCount(name: "all, in order", key: "all", count: agreement.whole),
      ]
    }
  }

  /// Agreed among decided, in per cent with two places.
  static func share(_ part: UInt64, _ whole: UInt64) -> String {
    guard whole > 0 else { return "" }
    // Cut, not rounded: 100.00 % is all of them.
    let hundredths = part * 10_000 / whole
    let places = hundredths % 100
    return "\(hundredths / 100).\(places < 10 ? "0" : "")\(places) %"
  }

  // MARK: Text

  /// For a terminal.
  public func text(_ style: TextStyle) -> String {
    var out = style.apply(.heading, "LR (VGIC)") + "  \(inside) against \(outside)\n"
    out += "  policy \(policy.rawValue) (\(policyOrigin)), \(listRegisters) list registers\n"
    for row in rows { out += text(row, style) }
    return out
  }

  private func text(_ row: Comparison, _ style: TextStyle) -> String {
    let agreement = row.agreement
    var out = "\n"
    out += style.apply(
      .heading,
      row.knowledge == .insideOnly
        ? "Predicted from the inside alone"
        : "Told too: interrupts that no inside event shows, and what the guest did while it ran"
    )
    out += "\n"
    if agreement.clockOffset == nil {
      return out
        + style.apply(.bad, "  The two captures do not match: \(Self.remedy(agreement.mismatch ?? .noOffset)).\n")
    }
    out += "  \(Units.count(agreement.loads, "load")) of list registers, "
    out += "\(Units.count(UInt64(agreement.abandoned))) of them before no entry"
    if agreement.clockJumps > 0 { out += "; the clocks' offset changed \(Units.count(agreement.clockJumps, "time"))" }
    out += "\n\n"
    let counts = ClassCount.all(agreement).filter { $0.count.involved > 0 }
    out += ResultTables.predictedRegisters.text(counts, PENaming(Topology()), style)
    out += rulesText(agreement, style)
    let reasons = agreement.reasons.sorted { ($0.isDecided ? 0 : 1, $1.count) < ($1.isDecided ? 0 : 1, $0.count) }
    guard !reasons.isEmpty else { return out }
    var causes = TextTable([
      ("differences", .left), ("", .right), ("first at event", .right), ("vCPU", .right), ("", .left),
    ])
    for reason in reasons.prefix(24) {
      causes.add([
        .init(reason.text, reason.isDecided ? .bad : .plain), .init(Units.count(reason.count)),
        .init("#\(reason.first.event)"), .init("\(reason.first.domain):\(reason.first.vcpu)"),
        .init(reason.isDecided ? "" : "not decided", .faint),
      ])
    }
    return out + "\n" + causes.render(style)
  }

  /// What a pair of captures lacks, and what to do.
  private static func remedy(_ mismatch: ListRegisterAgreement.Mismatch) -> String {
    switch mismatch {
    case .noEntries: "the first shows no entry of a guest (record kvm:kvm_entry and kvm:kvm_exit)"
    case .noLoads:
      "the second shows no list register being loaded (record it below the hypervisor, with -trace 'gicv3_ich_*', or "
        + "'gic_hyp_*' for GICv2)"
    case .noPE:
      "the second does not say on which CPU list registers are loaded (record it with one file for each thread, "
        + "-d tid -D trace-%d.log, and give the folder)"
    case .noOffset:
      "no difference of their clocks puts entries of a guest behind loads of list registers (are they of the same run?)"
    }
  }

  /// How often each rule was right.
  private func rulesText(_ agreement: ListRegisterAgreement, _ style: TextStyle) -> String {
    let rules = Self.rules(agreement)
    guard !rules.isEmpty else { return "" }
    var table = TextTable([
      ("rules", .left), ("right", .right), ("wrong", .right), ("first wrong after event", .right), ("", .left),
    ])
    for (rule, score) in rules {
      table.add([
        .init(rule.name), .init(Units.count(score.right)),
        .init(Units.count(score.wrong), score.wrong > 0 && rule.decides ? .bad : .plain),
        .init(score.firstWrong.map { "#\($0)" } ?? ""), .init(rule.decides ? "" : "a guess", .faint),
      ])
    }
    return "\n" + table.render(style)
  }

  private static func rules(
    _ agreement: ListRegisterAgreement
  ) -> [(rule: InferenceRule, score: ListRegisterAgreement.RuleScore)] {
    InferenceRule.allCases.compactMap { rule in agreement.rules[rule].map { (rule, $0) } }
  }

  // MARK: JSON

  /// The object under `list_registers`.
  public var json: ValueTree {
    .object([
      .init("inside", .text(inside)), .init("outside", .text(outside)), .init("policy", .text(policy.rawValue)),
      .init("list_registers", .number(UInt64(listRegisters))),
      .init("comparisons", .list(rows.map(json(of:)))),
    ])
  }

  private func json(of row: Comparison) -> ValueTree {
    let agreement = row.agreement
    let naming = PENaming(Topology())
    let classes = ClassCount.all(agreement).map {
      ValueTree.Member($0.key, ResultTables.predictedRegisters.object($0, naming))
    }
    let reasons = agreement.reasons.map { reason -> ValueTree in
      [
        "text": .text(reason.text), "count": .number(reason.count), "decided": .bool(reason.isDecided),
        "first_event": .number(reason.first.event), "domain": .number(UInt64(reason.first.domain)),
        "vcpu": .number(UInt64(reason.first.vcpu)),
        "predicted": .list(reason.first.registers.map { .number($0.value) }),
        "seen": .list(reason.seen.map { .number($0) }),
      ]
    }
    return .object([
      .init("told", .text(row.knowledge.rawValue)), .init("loads", .number(UInt64(agreement.loads))),
      .init("loads_without_entry", .number(UInt64(agreement.abandoned))),
      .init("entries_not_covered", .number(agreement.outsideOfCoverage)),
      .init("matched", .bool(agreement.clockOffset != nil)),
      .init("mismatch", agreement.mismatch.map { .text($0.rawValue) } ?? .unknown),
      .init("clock_offset_changes", .number(UInt64(agreement.clockJumps))), .init("entries", .object(classes)),
      .init("differences", .list(reasons)),
      .init(
        "rules",
        .list(
          Self.rules(agreement).map { rule, score in
            [
              "rule": .text(rule.name), "decides": .bool(rule.decides), "right": .number(score.right),
              "wrong": .number(score.wrong),
            ]
          })),
    ])
  }
}
