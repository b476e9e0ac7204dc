import InterruptTrace

/// A GICv2 behind a ``Controller``.
final class GICv2Core: ControllerCore {
  private var gic: GICv2

  init(topology: Topology, options: ControllerOptions) { gic = GICv2(topology: topology, options: options) }
  init(_ gic: consuming GICv2) { self.gic = gic }

  func copy() -> any ControllerCore { GICv2Core(GICv2(copying: gic)) }

  var topology: Topology { gic.topology }
  var predictions: [PredictionCount] { gic.ledger.report() }
  var disagreements: [Disagreement] { gic.disagreements }
  func checkInvariants() -> String? { gic.checkInvariants() }
  func state(_ filter: StateFilter) -> StateValue { gic.state(filter) }
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration { gic.configuration(intid: intid, pe: pe) }

  func apply(_ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer) {
    gic.apply(events, firstIndex: firstIndex, into: &transitions)
  }

  func record() -> PredictionRecord {
    PredictionRecord(ledger: gic.ledger.copy(), disagreements: gic.disagreements, identification: gic.identification)
  }
  func resume(_ record: consuming PredictionRecord) {
    gic.ledger = record.ledger.copy()
    (gic.disagreements, gic.identification) = (record.disagreements, record.identification)
    gic.progress.reportedBeginning = true
  }
  func withoutAffinityRouting(_ options: ControllerOptions) -> any ControllerCore { self }
}
