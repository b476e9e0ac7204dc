import InterruptTrace

/// One interrupt controller, physical or a guest's.
public struct Controller: ~Copyable {
  let core: any ControllerCore

  /// A controller at reset.
  public init(topology: Topology, options: ControllerOptions = .init()) {
    let affinityRouting = topology[.affinityRouting]
    let departures = Departures(topology: topology, profile: options.profile)
    if topology.architecture == .v2 || affinityRouting == false {
      core = ModelCore(GICv2(topology: topology, options: options))
    } else if affinityRouting == nil, !departures.contains(.hasOnlyAffinityRouting) {
      core = LegacyCapableCore(topology: topology, options: options)
    } else {
      core = LPIStoreChoice.make(topology, options)
    }
  }

  private init(_ core: any ControllerCore) { self.core = core }

  /// An independent copy: a checkpoint to go on from. O(state): PEs, devices, LPIs; not the capture's length.
  public func copy() -> Controller { Controller(core.copy()) }

  /// Writes the controller, or reads it into one that was made from the same topology and options. O(state).
  public mutating func archive(_ archive: inout StateArchive) { core.archive(&archive) }

  /// What is known about the controller; grows while the capture is replayed.
  public var topology: Topology { core.topology }

  /// Takes in events, in order, and appends what followed. O(1) for each event, whatever the number of PEs and LPIs,
  /// but for registers that concern all of them.
  public mutating func apply(
    _ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer
  ) {
    var (rest, number) = (events, firstIndex)
    while !rest.isEmpty {
      let taken = applyUntilFull(rest, firstIndex: number, into: &transitions)
      number &+= UInt64(UnsafeBufferPointer(rebasing: rest[..<taken]).eventCount)
      rest = UnsafeBufferPointer(rebasing: rest[taken...])
    }
  }

  /// The same, until there are enough transitions for one batch. Returns how many records were taken in: all, or up
  /// to the end of an event.
  public mutating func applyUntilFull(
    _ events: UnsafeBufferPointer<Event>, firstIndex: UInt64, into transitions: inout TransitionBuffer
  ) -> Int {
    core.apply(events, firstIndex: firstIndex, into: &transitions)
  }

  /// Predictions so far, by register, in a fixed order; only those that were made.
  public var predictions: [PredictionCount] { core.predictions }

  /// The first disagreements, each with the state that led there.
  public var disagreements: [Disagreement] { core.disagreements }

  /// The name and kind of the check that a ``TransitionKind/disagreed`` or ``TransitionKind/taught`` transition names.
  public static func check(_ index: UInt32) -> (name: String, kind: PredictionKind) {
    PredictionLedger.describe(Int(index))
  }

  /// Describes the first broken invariant; nil if there is none. Slow.
  public func checkInvariants() -> String? { core.checkInvariants() }

  /// The state as it is now.
  public func state(_ filter: StateFilter = .init()) -> ValueTree { core.state(filter) }

  /// The configuration of an SGI or PPI of a PE, or of an SPI. O(1).
  public func configuration(intid: UInt32, pe: UInt32) -> InterruptConfiguration {
    intid < 1020 ? core.configuration(intid: Int(intid), pe: Int(pe)) : InterruptConfiguration()
  }
}
