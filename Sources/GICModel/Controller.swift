import InterruptTrace

/// How a controller is to be modelled where the capture does not say.
public struct ControllerOptions: Sendable {
  /// Overrides the topology's profile.
  public var profile: Topology.Profile?
  /// Check invariants after every event. Slow.
  public var checksInvariants = false
  /// Name of the LPI store.
  public var lpiStore: String?
  /// The defaults.
  public init() {}
}

/// One interrupt controller, physical or a guest's.
public struct Controller: ~Copyable {
  /// What is known about the controller; grows while the capture is replayed.
  public private(set) var topology: Topology

  /// A controller at reset.
  public init(topology: Topology, options: ControllerOptions = .init()) {
    self.topology = topology
  }

  /// Takes in events, in order, and appends what followed.
  public mutating func apply(
    _ events: UnsafeBufferPointer<Event>,
    firstIndex: UInt64,
    into transitions: inout TransitionBuffer
  ) {
  }

  /// Predictions so far, by register, in a fixed order; only those that were made.
  public var predictions: [PredictionCount] { [] }

  /// The state as it is now.
  public func state(_ filter: StateFilter = .init()) -> StateValue { .object([]) }
}
