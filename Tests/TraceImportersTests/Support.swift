import InterruptTrace
import Testing

@testable import TraceImporters

/// Everything that an importer makes of a text.
struct Imported {
  var events: [Event] = []
  var topology = Topology()
  var statistics = ImportStatistics()

  /// Imports a QEMU log.
  init(_ text: String, piece: Int = 1 << 18, batch: Int = 64, isStrict: Bool = false) throws {
    try self.init(bytes: Array(text.utf8), piece: piece, batch: batch, isStrict: isStrict)
  }

  init(bytes: [UInt8], piece: Int = 1 << 18, batch: Int = 64, isStrict: Bool = false) throws {
    self = try bytes.withUnsafeBytes { raw throws(TraceError) in
      try Imported(QEMULogSource(bytes: raw, pieceLength: piece, isStrict: isStrict), batch: batch)
    }
  }

  /// Imports events, each written one microsecond after the one before, by thread 100.
  init(lines: [String], thread: Int = 100) throws { try self.init(stamped(lines, thread: thread)) }

  init(_ source: some EventSource, batch capacity: Int = 64) throws(TraceError) {
    var batch = EventBatch(capacity: capacity)
    while try source.read(into: &batch) > 0 { events += Array(batch.events) }
    topology = source.topology
    statistics = source.statistics
  }

  /// The kinds, in order.
  var kinds: [String] { events.map { EventLayout.of($0.kind)?.name ?? "\($0.kind.rawValue)" } }

  /// The only event but for continuations.
  var only: Event {
    get throws {
      let events = events.filter { $0.kind != .continuation }
      try #require(events.count == 1)
      return events[0]
    }
  }
}

/// Lines with a prefix; the first is at `start` microseconds of a second, each other one microsecond later. A line that
/// starts with a full stop or an upper-case letter is text and gets none.
func stamped(_ lines: [String], thread: Int = 100, from start: Int = 100_000) -> String {
  var time = start
  var text = ""
  for line in lines {
    if line.first == "." || line.first?.isUppercase == true {
      text += line + "\n"
    } else {
      text += "\(thread)@1700000000.\(sixDigits(time)):\(line)\n"
      time += 1
    }
  }
  return text
}

func sixDigits(_ number: Int) -> String { String(String(number + 1_000_000).suffix(6)) }

/// The (update, set_irqs) lines of the PE with an affinity.
func pair(_ pe: Int, irq: Int = 0, prio: Int = 255, line: Int = 0) -> [String] {
  let cpu = String(pe, radix: 16)
  return [
    "gicv3_cpuif_update GICv3 CPU i/f 0x\(cpu) HPPI update: irq \(irq) group 2 prio \(prio)",
    "gicv3_cpuif_set_irqs GICv3 CPU i/f 0x\(cpu) HPPI update: setting FIQ 0 IRQ \(line)",
  ]
}

/// The (virt_update, virt_set_irqs) lines of a PE.
func virtualPair(_ pe: Int) -> [String] {
  let cpu = String(pe, radix: 16)
  return [
    "gicv3_cpuif_virt_update GICv3 CPU i/f 0x\(cpu) virt HPPI update LR index -1 HPPVLPI 0 grp 0 prio 255",
    "gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x\(cpu) virt HPPI update: setting FIQ 0 IRQ 0",
  ]
}

/// What a change of exception level prints.
func levelChange(_ pe: Int) -> [String] { pair(pe) + virtualPair(pe) }

/// A write of GICD_ISENABLER1.
let distributorWrite = "gicv3_dist_write GICv3 distributor write: offset 0x104 data 0xff size 4 secure 0"

extension [Event] {
  /// Where the first event of a kind is.
  func place(of kind: EventKind) -> Int? { firstIndex { $0.kind == kind } }
}
