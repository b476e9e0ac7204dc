import InterruptTrace
import LPIStore

/// How a controller is to be modelled where the capture does not say.
public struct ControllerOptions: Sendable {
  /// Overrides the topology's profile.
  public var profile: Topology.Profile?
  /// Check invariants after every event. Slow.
  public var checksInvariants = false
  /// What holds LPIs; nil for the default, which the model is specialised for.
  public var lpiStore: LPIStoreKind?
  /// The defaults.
  public init() {}
}
