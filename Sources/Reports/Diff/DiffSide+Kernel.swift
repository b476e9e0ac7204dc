import Analyzers
import InterruptTrace

/// What is compared of a kernel's own interrupts.
extension DiffSide {
  /// Rows of one list of a kernel's results: which, whose latency each is, and where it stands in the row.
  private struct KernelList {
    var list: String
    var key: (ValueTree, UInt64) -> LatencyKey?
    /// The member that holds the latency; nil if the row itself does.
    var member: String?
  }

  private static func source(
    _ list: String, _ stage: KernelActivity.Stage, _ member: String?, name: @escaping (ValueTree) -> (String, UInt64?)?
  ) -> KernelList {
    KernelList(
      list: list,
      key: { row, domain in
        name(row).map { LatencyKey(domain: domain, interruptClass: $0.0, intid: $0.1, stage: stage.name) }
      }, member: member)
  }

  private static var sources: [KernelList] {
    let irq: (ValueTree) -> (String, UInt64?)? = { row in row["irq"]?.number.map { ("IRQ", $0) } }
    let reason: (ValueTree) -> (String, UInt64?)? = { row in row["reason"]?.string.map { ($0, nil) } }
    let softirq: (ValueTree) -> (String, UInt64?)? = { row in row["name"]?.string.map { ($0, nil) } }
    return [
      source("handlers", .handler, nil, name: irq),
      source("ipis", .ipiRaiseToEntry, "raise_to_entry", name: reason),
      source("ipis", .ipiHandler, "handler", name: reason),
      source("softirqs", .softirqRaiseToEntry, "raise_to_entry", name: softirq),
      source("softirqs", .softirqRun, "run", name: softirq),
    ]
  }

  /// Durations of handlers, IPIs and softirqs, those of all PEs together.
  static func kernel(_ document: ValueTree) -> [(key: LatencyKey, latency: LatencyDistribution)] {
    guard let kernel = document["kernel"] else { return [] }
    var found: [LatencyKey: LatencyDistribution] = [:]
    var order: [LatencyKey] = []
    for source in sources {
      for row in kernel[source.list]?.elements ?? [] {
        guard let key = source.key(row, row["domain"]?.number ?? 0),
          let latency = LatencyDistribution(source.member.flatMap { row[$0] } ?? row)
        else { continue }
        if let known = found[key] {
          found[key] = known.merged(with: latency)
        } else {
          found[key] = latency
          order.append(key)
        }
      }
    }
    return order.map { ($0, found[$0]!) }
  }

  /// How often handlers ran, interrupts were not handled, and IPIs and softirqs came.
  static func kernelCounts(_ document: ValueTree) -> [(name: String, count: UInt64)] {
    guard let kernel = document["kernel"] else { return [] }
    let counts = [
      ("handlers", "runs", "handler_runs"), ("handlers", "unhandled_interrupts", "unhandled_interrupts"),
      ("ipis", "raised", "ipis_raised"), ("softirqs", "entered", "softirqs_run"),
    ]
    return counts.compactMap { list, member, name in
      guard let rows = kernel[list]?.elements, !rows.isEmpty else { return nil }
      return (name, rows.reduce(0) { $0 + ($1[member]?.number ?? 0) })
    }
  }
}
