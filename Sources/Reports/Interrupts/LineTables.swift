import Analyzers
import InterruptTrace
import Replay

/// One line for each interrupt, as CSV or JSON lines: `analyze --interrupts`. Guests' interrupts are among them, `virtual`
/// says which they are.
public final class LifeTable: AnalysisOutput {
  private let write: ([UInt8]) throws -> Void
  private let lines: LineWriter<InterruptLife>
  private var buffer = ByteBuffer()
  private static let pieceSize = 1 << 16

  /// A table that goes to `write` in large pieces. Only `csv` and `jsonl` are formats of it; `text` is taken for `csv`.
  public init(_ format: EventPrinter.Format, write: @escaping ([UInt8]) throws -> Void) {
    self.write = write
    lines = LineWriter(ResultTables.lives, isJSON: format == .jsonl)
    lines.header(into: &buffer)
  }

  /// Transitions are not shown.
  public func consume(_ batch: ReplayBatch) {}

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) throws {
    for life in lives {
      lines.append(life, to: &buffer)
      if buffer.bytes.count >= Self.pieceSize { try flush() }
    }
  }

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws { try flush() }

  private func flush() throws {
    try write(buffer.bytes)
    buffer.bytes.removeAll(keepingCapacity: true)
  }
}

/// One line for each finding, as CSV or JSON lines: `analyze --findings`.
public final class FindingTable: AnalysisOutput {
  private let format: EventPrinter.Format
  private let write: ([UInt8]) throws -> Void

  /// A table that goes to `write` at the end. Only `csv` and `jsonl` are formats of it; `text` is taken for `csv`.
  public init(_ format: EventPrinter.Format, write: @escaping ([UInt8]) throws -> Void) {
    self.format = format
    self.write = write
  }

  /// Transitions are not shown.
  public func consume(_ batch: ReplayBatch) {}

  /// Interrupts are not shown.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) {}

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws {
    var buffer = ByteBuffer()
    let lines = LineWriter(ResultTables.findings, isJSON: format == .jsonl)
    lines.header(into: &buffer)
    for finding in report.results.findings { lines.append(finding, to: &buffer) }
    try write(buffer.bytes)
  }
}
