/// The spans of a virtual interrupt's life that are measured.
///
/// A virtual interrupt is *listed* when the hypervisor first loads it into a list register. A hypervisor may take it out
/// at an exit from the guest and load it again at the next entry: it stays listed from the first time on, until it ends.
public enum VirtualStage: UInt8, Sendable, CaseIterable {
  /// Of a hardware-linked one: from the physical interrupt becoming pending to its being listed.
  case physicalToListed
  /// Of a hardware-linked one: from the hypervisor's acknowledge of the physical interrupt to its being listed.
  case physicalAcknowledgeToListed
  /// From being listed to the guest's acknowledge.
  case listedToAcknowledge
  /// Of a directly injected one (GICv4): from becoming pending for the vPE to the guest's acknowledge.
  case pendingToAcknowledge
  /// From the guest's acknowledge to its end of interrupt.
  case acknowledgeToEOI
  /// From the guest's acknowledge to the deactivation.
  case acknowledgeToDeactivate
  /// From being listed to the guest's end of interrupt.
  case listedToEOI
  /// Of a directly injected one (GICv4): from becoming pending for the vPE to the guest's end of interrupt.
  case pendingToEOI
  /// Of a hardware-linked one: from the physical interrupt becoming pending to the guest's end of interrupt.
  case physicalToEOI

  private var words: (name: String, title: String) {
    switch self {
    case .physicalToListed: ("physical_pending_to_listed", "physical pending → listed")
    case .physicalAcknowledgeToListed: ("physical_acknowledge_to_listed", "physical acknowledge → listed")
    case .listedToAcknowledge: ("listed_to_acknowledge", "listed → acknowledge")
    case .pendingToAcknowledge: ("pending_to_acknowledge", "pending → acknowledge (direct)")
    case .acknowledgeToEOI: ("acknowledge_to_eoi", "acknowledge → end")
    case .acknowledgeToDeactivate: ("acknowledge_to_deactivate", "acknowledge → deactivate")
    case .listedToEOI: ("listed_to_eoi", "listed → end")
    case .pendingToEOI: ("pending_to_eoi", "pending → end (direct)")
    case .physicalToEOI: ("physical_pending_to_eoi", "physical pending → guest's end")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// For people.
  public var title: String { words.title }
}
