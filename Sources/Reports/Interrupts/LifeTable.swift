import Analyzers
import InterruptTrace
import Replay

/// One line for each interrupt, as CSV or JSON lines: `analyze --interrupts`. Guests' interrupts are among them, `virtual`
/// says which they are.
public final class LifeTable: AnalysisOutput {
  private let format: EventPrinter.Format
  private let write: ([UInt8]) throws -> Void
  private var buffer = ByteBuffer()
  private static let pieceSize = 1 << 16

  /// A table that goes to `write` in large pieces. Only `csv` and `jsonl` are formats of it; `text` is taken for `csv`.
  public init(_ format: EventPrinter.Format, write: @escaping ([UInt8]) throws -> Void) {
    self.format = format
    self.write = write
    if format != .jsonl {
      buffer.append(
        "domain,pe,intid,class,cause,source_pe,device_id,event_id,priority,merged,pending_ns,acknowledged_ns,ended_ns,"
          + "deactivated_ns,pending_event,acknowledged_event,ended_event,deactivated_event,outcome,certainty,"
          + "virtual,list_register,listed_ns,listed_event\n"
      )
    }
  }

  /// Transitions are not shown.
  public func consume(_ batch: ReplayBatch) {}

  /// As ``AnalysisOutput`` wants it.
  public func consume(lives: UnsafeBufferPointer<InterruptLife>) throws {
    for life in lives {
      if format == .jsonl { appendJSON(life) } else { appendCSV(life) }
      if buffer.bytes.count >= Self.pieceSize { try flush() }
    }
  }

  /// As ``AnalysisOutput`` wants it.
  public func finish(_ report: AnalysisReport) throws { try flush() }

  private func flush() throws {
    try write(buffer.bytes)
    buffer.bytes.removeAll(keepingCapacity: true)
  }

  /// A column's number, or nil where nothing is known.
  private func numbers(_ life: InterruptLife) -> [(String, UInt64?)] {
    func moment(_ part: InterruptLife.Shown, _ value: UInt64) -> UInt64? { life.shown.contains(part) ? value : nil }
    return [
      ("source_pe", life.sourcePE.map(UInt64.init)), ("device_id", life.deviceID.map(UInt64.init)),
      ("event_id", life.eventID.map(UInt64.init)), ("priority", UInt64(life.priority)),
      ("merged", UInt64(life.merged)), ("pending_ns", moment(.pending, life.pendingTime)),
      ("acknowledged_ns", moment(.acknowledge, life.acknowledgeTime)), ("ended_ns", moment(.end, life.endTime)),
      ("deactivated_ns", moment(.deactivation, life.deactivationTime)),
      ("pending_event", moment(.pending, life.pendingEvent)),
      ("acknowledged_event", moment(.acknowledge, life.acknowledgeEvent)),
      ("ended_event", moment(.end, life.endEvent)),
      ("deactivated_event", moment(.deactivation, life.deactivationEvent)),
    ]
  }

  /// What only guests' interrupts have.
  private func listed(_ life: InterruptLife) -> [(String, UInt64?)] {
    let isListed = life.shown.contains(.listed)
    return [
      ("list_register", isListed ? UInt64(life.listRegister) : nil), ("listed_ns", isListed ? life.listedTime : nil),
      ("listed_event", isListed ? life.listedEvent : nil),
    ]
  }

  private func appendCSV(_ life: InterruptLife) {
    buffer.append(decimal: UInt64(life.domain))
    buffer.append(",")
    if life.pe != PE.none { buffer.append(decimal: UInt64(life.pe)) }
    buffer.append(",")
    buffer.append(decimal: UInt64(life.intid))
    buffer.append(",\(life.interruptClass.name),\(life.pendingCause.map { "\($0)" } ?? "")")
    for (_, number) in numbers(life) {
      buffer.append(",")
      if let number { buffer.append(decimal: number) }
    }
    buffer.append(",\(life.outcome.name),\(life.certainty),\(life.isVirtual ? 1 : 0)")
    for (_, number) in listed(life) {
      buffer.append(",")
      if let number { buffer.append(decimal: number) }
    }
    buffer.append("\n")
  }

  private func appendJSON(_ life: InterruptLife) {
    buffer.append("{\"domain\":")
    buffer.append(decimal: UInt64(life.domain))
    if life.pe != PE.none {
      buffer.append(",\"pe\":")
      buffer.append(decimal: UInt64(life.pe))
    }
    buffer.append(",\"intid\":")
    buffer.append(decimal: UInt64(life.intid))
    buffer.append(",\"class\":\"\(life.interruptClass.name)\"")
    if let cause = life.pendingCause { buffer.append(",\"cause\":\"\(cause)\"") }
    for (name, number) in numbers(life) + listed(life) {
      guard let number else { continue }
      buffer.append(",\"\(name)\":")
      buffer.append(decimal: number)
    }
    if life.isVirtual { buffer.append(",\"virtual\":true") }
    buffer.append(",\"outcome\":\"\(life.outcome.name)\",\"certainty\":\"\(life.certainty)\"}\n")
  }
}
