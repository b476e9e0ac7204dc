/// The spans of an interrupt's life that are measured.
///
/// The injection is the moment the line rose, the MSI was written, the SGI was sent or a register set the interrupt
/// pending. A level that is still high when its interrupt ends makes it pending again at that end.
public enum LatencyStage: UInt8, Sendable, CaseIterable {
  /// From becoming pending to the acknowledge.
  case pendingToAcknowledge
  /// From the acknowledge to the end of interrupt, when the running priority drops.
  case acknowledgeToEOI
  /// From the acknowledge to the deactivation; LPIs have no active state (IHI 0069H, 4.1.2).
  case acknowledgeToDeactivate
  /// From becoming pending to the end of interrupt.
  case injectionToEOI

  private var words: (name: String, title: String) {
    switch self {
    case .pendingToAcknowledge: ("pending_to_acknowledge", "pending → acknowledge")
    case .acknowledgeToEOI: ("acknowledge_to_eoi", "acknowledge → end")
    case .acknowledgeToDeactivate: ("acknowledge_to_deactivate", "acknowledge → deactivate")
    case .injectionToEOI: ("injection_to_eoi", "injection → end")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// For people.
  public var title: String { words.title }
}
