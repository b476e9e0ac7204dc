import GICModel
import HypervisorModel
import InterruptTrace

/// The models that a replay's events go through.
struct ReplayModels: ~Copyable {
  /// The machine's controller.
  var controller: Controller
  /// The hypervisor above it; nil as long as no event of a guest came.
  private(set) var hypervisor: HypervisorModel?
  private let options: HypervisorOptions

  init(_ controller: consuming Controller, _ options: HypervisorOptions) {
    self.controller = controller
    self.options = options
  }

  /// Takes in events, the first of which has the number `first`, and appends what followed, until that is enough for one
  /// batch. Returns those that were taken in.
  mutating func apply(
    _ events: UnsafeBufferPointer<Event>, firstIndex first: UInt64, into buffer: inout TransitionBuffer
  ) -> UnsafeBufferPointer<Event> {
    let taken = controller.applyUntilFull(events, firstIndex: first, into: &buffer)
    return UnsafeBufferPointer(rebasing: events[..<taken])
  }

  /// Events of guests, or some with them, go through the model of the hypervisor, which comes with the first.
  mutating func applyToGuests(
    _ events: UnsafeBufferPointer<Event>, firstIndex first: UInt64, into buffer: inout TransitionBuffer
  ) {
    let model = hypervisor ?? HypervisorModel(topology: controller.topology, options: options)
    hypervisor = model
    model.apply(events, firstIndex: first, into: &buffer)
  }

  /// Writes the models, or reads them into ones that were made from the same topology and options. O(state).
  mutating func archive(_ archive: inout StateArchive) {
    controller.archive(&archive)
    let hasGuests = archive.number(hypervisor == nil ? 0 : 1) == 1
    if archive.isReading, hasGuests { hypervisor = HypervisorModel(topology: Topology(), options: options) }
    hypervisor?.archive(&archive)
  }

  /// Copies that go on by themselves. O(state).
  func copy() -> ReplayModels {
    var copy = ReplayModels(controller.copy(), options)
    copy.hypervisor = hypervisor?.copy()
    return copy
  }
}
