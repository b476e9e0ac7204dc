import InterruptTrace

/// A capture whose handlers get their INTIDs: a kernel's own trace names the kernel's numbers.
public final class IRQMappedSource: EventSource {
  private let source: any EventSource
  private let map: InterruptMap

  /// The events of `source`, with the INTIDs of `map`.
  public init(_ source: any EventSource, _ map: InterruptMap) {
    self.source = source
    self.map = map
  }

  /// As that of the capture.
  public var format: TraceFormat { source.format }
  /// As that of the capture.
  public var topology: Topology { source.topology }
  /// As those of the capture.
  public var statistics: ImportStatistics { source.statistics }

  /// Replaces the batch's content by the next events. Returns their number; 0 is the end of the capture.
  public func read(into batch: inout EventBatch) throws(TraceError) -> Int {
    let count = try source.read(into: &batch)
    for index in 0..<count where batch.slots[index].domain == Domain.physical {
      map.number(&batch.slots[index])
    }
    return count
  }
}
