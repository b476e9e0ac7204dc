/// Rules by which the model fills what a capture of KVM's tracepoints does not show: it has no list register, no
/// acknowledge and no end of interrupt of a guest.
///
/// Whatever rests on one is `inferred`. ``InferenceRule/undecided`` is not a rule but its absence: nothing in the capture
/// tells, and what the model goes on with is a guess that it says is one.
@frozen public enum InferenceRule: UInt8, Sendable, CaseIterable {
  /// The state follows from what the capture shows and what KVM does.
  case shown = 0
  /// A guest that waits (trapped WFI) has nothing pending, and its idle loop, the place where it waits often, runs no
  /// handler: all list registers are empty.
  case idleGuest
  /// The physical timer fired while the vCPU was in its guest: it was inactive, so the guest had ended it before.
  case physicalTimerFired
  /// `kvm_ack_irq` at an exit: the guest had ended the level-sensitive SPI.
  case endNotified
  /// The timer is saved as the guest found it, asserted and not masked: its interrupt is still pending, or acknowledged
  /// and the handler has not come to the timer yet. A guess.
  case timerUntouched
  /// The timer is saved with its interrupt masked: the guest's handler is at work, its interrupt is active.
  case timerMasked
  /// The timer is saved with another deadline, or not asserted: the guest has handled its interrupt, or set the timer and
  /// not ended the interrupt yet. A guess.
  case timerReprogrammed
  /// The hypervisor recomputed the timer's line and it is low: its interrupt is not pending, but may be active. A guess.
  case timerLineLow
  /// The vCPU's list registers were shown, by a probe or by another capture of the same run.
  case registersShown
  /// The guest's interrupt configuration is not shown: enabled, Group 1 and KVM's priority are taken.
  case defaultConfiguration
  /// Nothing tells; the model goes on with the likelier.
  case undecided
  /// The guest's deactivation trapped, and a probe shows of which interrupt.
  case deactivationTrapped
  /// The guest's own trace shows that its handler returned, and that the guest went on in the same run: the interrupt has
  /// ended.
  case handlerReturned
  /// The guest's own trace shows that its handler was running as the vCPU left its guest: the interrupt is active.
  case handlerRunning
  /// The guest left by an instruction of its own, and the timer was saved as the guest found it, asserted and not masked: a
  /// handler that has acknowledged its interrupt comes to the timer before it runs into anything else. It is pending still,
  /// or again.
  case timerHighAtTrap
  /// The guest left by an instruction of its own, and the timer was saved not asserted and not masked: the guest has
  /// handled its interrupt.
  case timerLowAtTrap

  /// Whether the rule decides what the guest did. A rule that recordings of list registers contradict anywhere is a guess:
  /// the model goes on with it, and says that nothing is decided.
  public var decides: Bool {
    switch self {
    case .timerUntouched, .timerReprogrammed, .timerLineLow, .undecided: false
    default: true
    }
  }

  /// The name that reports give.
  public var name: String {
    switch self {
    case .shown: "shown"
    case .idleGuest: "idle-guest"
    case .physicalTimerFired: "physical-timer-fired"
    case .endNotified: "end-notified"
    case .timerUntouched: "timer-untouched"
    case .timerMasked: "timer-masked"
    case .timerReprogrammed: "timer-reprogrammed"
    case .timerLineLow: "timer-line-low"
    case .registersShown: "registers-shown"
    case .defaultConfiguration: "default-configuration"
    case .undecided: "undecided"
    case .deactivationTrapped: "deactivation-trapped"
    case .handlerReturned: "handler-returned"
    case .handlerRunning: "handler-running"
    case .timerHighAtTrap: "timer-high-at-trap"
    case .timerLowAtTrap: "timer-low-at-trap"
    }
  }
}
