import InterruptTrace
import LPIStore

/// What ``Controller`` needs of an architecture's model. It is called once for each batch, never for an event.
protocol ControllerCore: AnyObject {
  var topology: Topology { get }
  var predictions: [PredictionCount] { get }
  var disagreements: [Disagreement] { get }
  func apply(_ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer)
  func checkInvariants() -> String?
  func state(_ filter: StateFilter) -> StateValue
  func configuration(intid: Int, pe: Int) -> InterruptConfiguration

  /// An independent copy.
  func copy() -> any ControllerCore

  /// What is compared so far; another model of the same controller goes on with it, see ``resume(_:)``.
  func record() -> PredictionRecord
  /// Goes on where another model of the same controller, in another mode of operation, left off.
  func resume(_ record: consuming PredictionRecord)
  /// The same controller with affinity routing off.
  func withoutAffinityRouting(_ options: ControllerOptions) -> any ControllerCore
}

/// A GICv3 or GICv4 on one LPI store.
final class GICv3Core<Store: LPIStore & ~Copyable>: ControllerCore {
  private var gic: GICv3<Store>

  init(topology: Topology, options: ControllerOptions, makeStore: @escaping (Int, Int) -> Store) {
    gic = GICv3(topology: topology, options: options, makeStore: makeStore)
  }

  private init(_ gic: consuming GICv3<Store>) { self.gic = gic }

  func copy() -> any ControllerCore { GICv3Core(GICv3(copying: gic)) }

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
    gic.sawLegacyOperation = true
  }

  func withoutAffinityRouting(_ options: ControllerOptions) -> any ControllerCore {
    let core = GICv2Core(GICv2(of: gic, options: options))
    core.resume(record())
    return core
  }
}

/// The model's specialisations: one for the default store, and one for every other.
enum LPIStoreChoice {
  static func make(_ topology: Topology, _ options: ControllerOptions) -> any ControllerCore {
    guard let kind = options.lpiStore, kind.name != PackedLPIStore.name else {
      return GICv3Core(topology: topology, options: options) { PackedLPIStore(peCount: $0, intidBits: $1) }
    }
    return GICv3Core(topology: topology, options: options) { kind(peCount: $0, intidBits: $1) }
  }
}
