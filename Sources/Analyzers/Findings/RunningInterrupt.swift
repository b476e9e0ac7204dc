import InterruptTrace

/// An interrupt that was acknowledged and has not ended by the end of a capture: where a machine hangs in a handler, this is
/// the one.
public struct RunningInterrupt: Sendable, Equatable {
  /// 0 for the physical controller.
  public var domain: UInt16
  /// The PE that acknowledged it.
  public var pe: UInt32
  /// The interrupt.
  public var intid: UInt32
  /// The number of the acknowledge's event.
  public var event: UInt64
  /// When it was acknowledged, in ns.
  public var time: UInt64
  /// How long it has run by the end of the capture, in ns.
  public var span: UInt64
}

extension FindingsAnalyzer {
  /// What runs now, by domain and PE, the innermost last. O(PEs).
  var runningAtEnd: [RunningInterrupt] {
    guard isReported else { return [] }
    var rows: [RunningInterrupt] = []
    for (domain, pe) in processors.all {
      guard let processor = processors.find(domain: domain, pe: pe)?.pointee else { continue }
      for place in 0..<processor.depth {
        let entry = processor.running[place]
        guard filter?.includes(domain: domain, pe: pe, intid: entry.intid) ?? true else { continue }
        rows.append(
          RunningInterrupt(
            domain: domain, pe: pe, intid: entry.intid, event: entry.event, time: entry.time,
            span: lastTime > entry.time ? lastTime - entry.time : 0))
      }
    }
    return rows
  }
}
