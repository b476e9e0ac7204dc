import InterruptTrace
import Testing

@testable import TraceImporters

/// Everything that an importer makes of a text.
struct Imported {
  var events: [Event] = []
  var topology = Topology()
  var statistics = ImportStatistics()

  /// Imports a QEMU log.
  init(_ text: String, batch: Int = 64, isStrict: Bool = false) throws {
    try self.init(bytes: Array(text.utf8), batch: batch, isStrict: isStrict)
  }

  init(bytes: [UInt8], batch: Int = 64, isStrict: Bool = false) throws {
    self = try bytes.withUnsafeBytes { raw throws(TraceError) in
      try Imported(QEMULogSource(bytes: raw, isStrict: isStrict), batch: batch)
    }
  }

  init(_ source: some EventSource, batch capacity: Int = 64) throws(TraceError) {
    var batch = EventBatch(capacity: capacity)
    while try source.read(into: &batch) > 0 { events += Array(batch.events) }
    topology = source.topology
    statistics = source.statistics
  }

  /// The kinds, in order.
  var kinds: [String] { events.map { EventLayout.of($0.kind)?.name ?? "\($0.kind.rawValue)" } }
}

/// Lines of a log with a thread and times that rise by one microsecond, from their text behind the prefix.
func log(_ lines: String..., thread: Int = 100) -> String {
  lines.enumerated().map { "\(thread)@1700000000.\(String(format: 100_000 + $0.offset)):\($0.element)\n" }.joined()
}

extension String {
  /// A number with at least six digits.
  init(format number: Int) { self = String(String(number + 1_000_000).suffix(6)) }
}

/// The (update, set_irqs) lines of one PE.
func pair(_ pe: Int, irq: Int = 0, prio: Int = 255, line: Int = 0) -> [String] {
  [
    "gicv3_cpuif_update GICv3 CPU i/f 0x\(String(pe, radix: 16)) HPPI update: irq \(irq) group 2 prio \(prio)",
    "gicv3_cpuif_set_irqs GICv3 CPU i/f 0x\(String(pe, radix: 16)) HPPI update: setting FIQ 0 IRQ \(line)",
  ]
}
