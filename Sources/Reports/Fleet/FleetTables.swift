import Analyzers
import InterruptTrace
import Replay

/// A kind of rows that a fleet has.
public enum FleetRows: String, CaseIterable, Sendable {
  /// One for each capture.
  case summary
  /// One for each interrupt.
  case interrupts
  /// One for each finding.
  case findings
  /// One for each class and stage, physical and virtual.
  case latency
  /// One for each guest of a hypervisor's own trace.
  case guests
  /// One for each PE with list registers.
  case listRegisters = "list-registers"
  /// One for each table of an ITS and size of its cache.
  case itsCaches = "its-caches"
}

/// The tables of a fleet: those of ``ResultTables`` behind the columns of ``FleetCapture``.
public struct FleetTables: Sendable {
  private let lead: [FleetColumn<FleetCapture>]
  /// The kinds that were asked for, in this order.
  public let kinds: [FleetRows]
  private let tables: [any AnyFleetTable]

  /// Tables of these kinds; `labels` are the keys of all labels in the fleet.
  public init(_ kinds: [FleetRows], version: String, labels: [String]) {
    lead = FleetCapture.columns(version: version, labels: labels.sorted()).columns(.json).map {
      FleetColumn($0, isLine: false)
    }
    self.kinds = kinds
    tables = kinds.map(Self.table)
  }

  private static func table(_ kind: FleetRows) -> any AnyFleetTable {
    switch kind {
    case .summary: FleetTable(ResultTables.fleetSummary)
    case .interrupts: FleetTable(ResultTables.lives, isLine: true)
    case .findings: FleetTable(ResultTables.findings)
    case .latency: FleetTable(ResultTables.fleetLatency)
    case .guests: FleetTable(ResultTables.kvm)
    case .listRegisters: FleetTable(ResultTables.lrBanks)
    case .itsCaches: FleetTable(ResultTables.itsMisses, isLine: true)
    }
  }

  /// Names, types and meaning of all columns, for the readers of the rows: `{"summary": [{"name": …}, …], …}`.
  public var columns: ValueTree {
    .object(
      zip(kinds, tables).map { kind, table in
        .init(kind.rawValue, .list(lead.map(\.description) + table.columns))
      })
  }

  // MARK: Rows

  /// What collects the rows of one capture while it is analysed.
  public func rows() -> FleetRowCollector { FleetRowCollector(tables.map { $0.collector() }) }

  /// A capture's lines, for each kind. A capture with an error has a row in every table, so that it is missing in none.
  public func lines(of capture: FleetCapture, _ rows: FleetRowCollector?) -> [[UInt8]] {
    var start = ByteBuffer()
    start.append(byte: 0x7B)
    for column in lead {
      column.append(capture, PENaming(Topology()), to: &start)
      start.append(byte: 0x2C)
    }
    return tables.indices.map { i in
      var bodies = rows?.collectors[i].bodies ?? []
      if bodies.isEmpty, capture.error != nil { bodies = tables[i].nullRow }
      return Self.lines(start.bytes, bodies)
    }
  }

  /// Puts the beginning before each line of the bodies.
  private static func lines(_ start: [UInt8], _ bodies: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for body in bodies.split(separator: 0x0A) {
      out += start
      out += body
      out.append(0x0A)
    }
    return out
  }
}

/// Collects the rows of one capture.
public final class FleetRowCollector: AnalysisOutput {
  fileprivate let collectors: [any FleetCollecting]

  fileprivate init(_ collectors: [any FleetCollecting]) { self.collectors = collectors }

  /// Whether it wants every interrupt, which takes time.
  public var wantsLives: Bool { collectors.contains { $0 is FleetCollector<InterruptLife> } }

  /// Transitions are not shown.
  public func consume(_ batch: ReplayBatch) {}

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) {
    for case let collector as FleetCollector<InterruptLife> in collectors {
      collector.append(lives, PENaming(Topology()))
    }
  }

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) { for collector in collectors { collector.finish(report) } }
}

// MARK: One table

/// A table of a fleet, whatever its rows.
private protocol AnyFleetTable: Sendable {
  var columns: [ValueTree] { get }
  /// The rest of a line without a row, after the columns of the capture.
  var nullRow: [UInt8] { get }
  func collector() -> any FleetCollecting
}

private struct FleetTable<Row>: AnyFleetTable {
  private let all: [FleetColumn<Row>]
  private let source: @Sendable (AnalysisReport) -> [Row]

  /// A table's rows: as in the JSON report, or as in JSON lines.
  init(_ table: ResultTable<Row>, isLine: Bool = false) {
    all = table.columns(isLine ? .jsonLines : .json).map { FleetColumn($0, isLine: isLine) }
    source = table.source
  }

  var columns: [ValueTree] { all.map(\.description) }
  var nullRow: [UInt8] {
    var out = ByteBuffer()
    append(nil, PENaming(Topology()), to: &out)
    return out.bytes
  }

  func collector() -> any FleetCollecting { FleetCollector(self) }
  func rows(_ report: AnalysisReport) -> [Row] { source(report) }

  func append(_ row: Row?, _ naming: PENaming, to out: inout ByteBuffer) {
    for (i, column) in all.enumerated() {
      if i > 0 { out.append(byte: 0x2C) }
      column.append(row, naming, to: &out)
    }
    out.append("}\n")
  }
}

/// Collects the rows of one table and one capture, without the columns of the capture: they are known at the end.
private protocol FleetCollecting: AnyObject {
  var bodies: [UInt8] { get }
  func finish(_ report: AnalysisReport)
}

private final class FleetCollector<Row>: FleetCollecting {
  private let table: FleetTable<Row>
  private var buffer = ByteBuffer()
  var bodies: [UInt8] { buffer.bytes }

  init(_ table: FleetTable<Row>) { self.table = table }

  func append(_ rows: some Sequence<Row>, _ naming: PENaming) {
    for row in rows { table.append(row, naming, to: &buffer) }
  }

  func finish(_ report: AnalysisReport) { append(table.rows(report), report.naming) }
}
