import Analyzers
import Replay

/// One line for each finding, as CSV or JSON lines: `analyze --findings`.
public final class FindingTable: AnalysisOutput {
  /// The members of a finding in the JSON report that are no lists, in the order in which CSV has them.
  static let columns = [
    "kind", "severity", "certainty", "domain", "class", "intid", "device_id", "event_id", "pe", "count", "first_event",
    "last_event", "first_ns", "last_ns", "summary",
  ]
  private let format: EventPrinter.Format
  private let write: ([UInt8]) throws -> Void

  /// A table that goes to `write` at the end. Only `csv` and `jsonl` are formats of it; `text` is taken for `csv`.
  public init(_ format: EventPrinter.Format, write: @escaping ([UInt8]) throws -> Void) {
    self.format = format
    self.write = write
  }

  /// Findings of the JSON report.
  static func findings(of report: AnalysisReport) -> [JSONValue] {
    guard case .array(let findings)? = report.json["findings"] else { return [] }
    return findings
  }

  /// Transitions are not shown.
  public func consume(_ batch: ReplayBatch) {}

  /// Interrupts are not shown.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) {}

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    var buffer = ByteBuffer()
    if format != .jsonl { buffer.append(Self.columns.joined(separator: ",") + "\n") }
    for finding in Self.findings(of: report) { append(finding, &buffer) }
    try write(buffer.bytes)
  }

  private func append(_ finding: JSONValue, _ buffer: inout ByteBuffer) {
    if format == .jsonl { return buffer.append(finding.compactText + "\n") }
    for (i, column) in Self.columns.enumerated() {
      if i > 0 { buffer.append(",") }
      switch finding[column] {
      case .string(let text): buffer.appendCSV(Array(text.utf8))
      case .number(let number): buffer.append(decimal: number)
      default: break
      }
    }
    buffer.append("\n")
  }
}
