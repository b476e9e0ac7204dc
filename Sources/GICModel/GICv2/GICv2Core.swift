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
    gic.withOutput(&transitions) { $0.apply(events, firstIndex: firstIndex) }
  }

  func record() -> PredictionRecord {
    PredictionRecord(ledger: gic.ledger.copy(), disagreements: gic.disagreements, identification: gic.identification)
  }

  func resume(_ record: consuming PredictionRecord) {
    gic.disagreements = record.disagreements
    gic.identification = record.identification
    gic.ledger = record.ledger.copy()
    gic.reportedBeginning = true
  }

  func withoutAffinityRouting(_ options: ControllerOptions) -> any ControllerCore { self }
}
