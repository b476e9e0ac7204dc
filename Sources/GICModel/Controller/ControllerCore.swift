import InterruptTrace
import LPIStore

/// What ``Controller`` needs of an architecture's model. It is called once for each batch, never for an event.
protocol ControllerCore: AnyObject {
  var topology: Topology { get }
  var predictions: [PredictionCount] { get }
  var disagreements: [Disagreement] { get }
  /// Returns how many records it took in before the buffer was full.
  func apply(_ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer) -> Int
  func checkInvariants() -> String?
  func state(_ filter: StateFilter) -> ValueTree
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration

  /// An independent copy.
  func copy() -> Self
  /// Writes the core, or reads it into one that was made from the same topology and options.
  func archive(_ archive: inout StateArchive)
}

/// A core that another one, of the same controller in another mode of operation, can go on from.
protocol ResumableCore: ControllerCore {
  /// What is compared so far, see ``resume(_:)``.
  func record() -> PredictionRecord
  /// Goes on where another model of the same controller, in another mode of operation, left off.
  func resume(_ record: consuming PredictionRecord)
  /// The same controller with affinity routing off.
  func withoutAffinityRouting(_ options: ControllerOptions) -> any ResumableCore
}

/// An architecture's model, as a core drives it.
protocol ControllerModel: InterruptController, ~Copyable {
  init(copying other: borrowing Self)
  mutating func archive(_ archive: inout StateArchive)
  var topology: Topology { get }
  /// What is compared so far.
  func record() -> PredictionRecord
  /// The controller worked with affinity routing off before.
  mutating func noteLegacyOperation()
  func state(_ filter: StateFilter) -> ValueTree
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration
  /// The same controller with affinity routing off.
  func withoutAffinityRouting(_ options: ControllerOptions) -> GICv2
}

/// A model behind a ``Controller``.
final class ModelCore<Model: ControllerModel & ~Copyable>: ResumableCore {
  private var gic: Model

  init(_ gic: consuming Model) { self.gic = gic }

  func copy() -> ModelCore { ModelCore(Model(copying: gic)) }
  func archive(_ archive: inout StateArchive) { gic.archive(&archive) }

  var topology: Topology { gic.topology }
  var predictions: [PredictionCount] { gic.record().ledger.report() }
  var disagreements: [Disagreement] { gic.disagreements }
  func checkInvariants() -> String? { gic.checkInvariants() }
  func state(_ filter: StateFilter) -> ValueTree { gic.state(filter) }
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration { gic.configuration(intid: intid, pe: pe) }

  func apply(_ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer) -> Int
  {
    gic.apply(events, firstIndex: firstIndex, into: &transitions)
  }

  func record() -> PredictionRecord { gic.record() }

  func resume(_ record: consuming PredictionRecord) {
    gic.ledger = record.ledger.copy()
    (gic.disagreements, gic.identification) = (record.disagreements, record.identification)
    gic.noteLegacyOperation()
    gic.progress.reportedBeginning = true
  }

  func withoutAffinityRouting(_ options: ControllerOptions) -> any ResumableCore {
    let core = ModelCore<GICv2>(gic.withoutAffinityRouting(options))
    core.resume(record())
    return core
  }
}

extension GICv3: ControllerModel where Store: ~Copyable {
  func record() -> PredictionRecord {
    PredictionRecord(ledger: ledger.copy(), disagreements: disagreements, identification: identification)
  }

  mutating func noteLegacyOperation() { sawLegacyOperation = true }
  func withoutAffinityRouting(_ options: ControllerOptions) -> GICv2 { GICv2(of: self, options: options) }
}

extension GICv2: ControllerModel {
  func record() -> PredictionRecord {
    PredictionRecord(ledger: ledger.copy(), disagreements: disagreements, identification: identification)
  }

  mutating func noteLegacyOperation() {}
  func withoutAffinityRouting(_ options: ControllerOptions) -> GICv2 { GICv2(copying: self) }
}

/// The model's specialisations: one for the default store, and one for every other.
enum LPIStoreChoice {
  static func make(_ topology: Topology, _ options: ControllerOptions) -> any ResumableCore {
    guard let kind = options.lpiStore, kind.name != PackedLPIStore.name else {
      return ModelCore(GICv3(topology: topology, options: options) { PackedLPIStore(peCount: $0, intidBits: $1) })
    }
    return ModelCore(GICv3(topology: topology, options: options) { kind(peCount: $0, intidBits: $1) })
  }
}
