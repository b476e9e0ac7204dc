/// What a guest's pending interrupt waits for, the first in this order that holds (IHI 0069H, chapter 6; IHI 0048B,
/// chapter 5).
public enum VirtualWaitCause: UInt8, InterruptWaitCause {
  /// It is in no list register, for there are too few. *Inferred*: an entry did without it at which the hypervisor asked
  /// for a maintenance interrupt at free list registers.
  case noListRegister
  /// The virtual CPU interface is disabled: the hypervisor runs, or another guest.
  case guestNotRunning
  /// The guest has its group disabled, or masks its priority.
  case masked
  /// The guest is at an interrupt of the same or a higher priority.
  case activePriority
  /// Nothing in the controller: the guest is signalled, and has not acknowledged it yet.
  case acknowledge

  private var words: (name: String, title: String) {
    switch self {
    case .noListRegister: ("no_free_list_register", "a free list register")
    case .guestNotRunning: ("guest_not_running", "the guest to run")
    case .masked: ("priority_mask_or_group", "the guest's mask or group")
    case .activePriority: ("active_priority", "another interrupt to end")
    case .acknowledge: ("acknowledge", "the guest to acknowledge it")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// For people: completes "waited for …".
  public var title: String { words.title }
}
