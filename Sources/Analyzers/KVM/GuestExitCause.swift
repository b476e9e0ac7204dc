import InterruptTrace

/// Why a vCPU left its guest, as far as its interrupts can have to do with it.
public enum GuestExitCause: Int, Sendable, CaseIterable {
  /// The guest's own timer expired: its physical interrupt came.
  case timer
  /// An interrupt was injected while the vCPU was in its guest: it was kicked out to get it.
  case kick
  /// The host's own interrupt: a handler ran before the exit was done.
  case hostInterrupt
  /// A physical interrupt of which the capture shows no more: a kick for another reason, a maintenance interrupt.
  case otherInterrupt
  /// The guest sent an SGI.
  case sgi
  /// The guest deactivated an interrupt, which is trapped.
  case deactivation
  /// Another register of the CPU interface.
  case interfaceRegister
  /// The guest accessed its Distributor, Redistributors or ITS.
  case controller
  /// The guest waits for an interrupt (WFI), or WFE.
  case wait
  /// The guest accessed a device.
  case device
  /// Memory that was not mapped yet.
  case memory
  /// HVC or SMC.
  case hypercall
  /// Another system register.
  case systemRegister
  /// Anything else.
  case other

  private var words: (name: String, title: String) {
    switch self {
    case .timer: ("timer", "guest's timer")
    case .kick: ("kick", "kick with an interrupt")
    case .hostInterrupt: ("host_interrupt", "host's interrupt")
    case .otherInterrupt: ("other_interrupt", "other interrupt")
    case .sgi: ("sgi", "SGI sent")
    case .deactivation: ("deactivation", "deactivation")
    case .interfaceRegister: ("interface_register", "CPU interface")
    case .controller: ("controller", "GICD, GICR, GITS")
    case .wait: ("wait", "WFI, WFE")
    case .device: ("device", "device")
    case .memory: ("memory", "memory fault")
    case .hypercall: ("hypercall", "hypercall")
    case .systemRegister: ("system_register", "system register")
    case .other: ("other", "other")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// What it is, for people.
  public var title: String { words.title }

  /// Whether an interrupt, or an access of the guest to its controller, caused it.
  public var isInterruptRelated: Bool { rawValue <= Self.controller.rawValue }

  /// The exit for an access to a register of the CPU interface.
  init(accessTo register: SystemRegister) {
    self =
      switch register {
      case .ICC_SGI1R_EL1, .ICC_SGI0R_EL1, .ICC_ASGI1R_EL1: .sgi
      case .ICC_DIR_EL1: .deactivation
      default: .interfaceRegister
      }
  }

  /// Whether the exit was for an access, and not for something else after which one came.
  func isFor(_ access: GuestExitDetails.Access) -> Bool {
    switch access {
    case .register: [.sgi, .deactivation, .interfaceRegister, .systemRegister].contains(self)
    case .memory: [.device, .controller].contains(self)
    }
  }
}
