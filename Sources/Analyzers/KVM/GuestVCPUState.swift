import InterruptTrace

/// What is followed of one vCPU.
struct GuestVCPUState {
  var isInside = false
  /// It runs a guest of its own.
  var isNested = false
  var cpu = PE.none
  var hasExited = false
  var exitTime: UInt64 = 0
  var exitReason = GuestExitReason.unknown
  var exitClass: UInt32 = 0
  /// What came to light about the last exit since, or about the run before it.
  var timerFired = false
  var wasInjected = false
  var handlerRan = false
  var trapped: GuestExitCause?
  /// What that was about.
  var access: GuestExitDetails.Access?
  /// It waits in WFI.
  var waits = false
  /// When an interrupt came for it that it has not been kicked out, or woken, for.
  var kickedAt: UInt64?
  var wokenAt: UInt64?
  /// When it was scheduled out while ready; total of such time.
  var preemptedAt: UInt64?
  var preempted: UInt64 = 0
  var entries: UInt64 = 0
  var exits: UInt64 = 0
  /// When it entered its guest, and how long it was there before.
  var enteredAt: UInt64?
  var inside: UInt64 = 0
  /// When it was woken and has not run since; total of such time.
  var wakingAt: UInt64?
  var readyToRun: UInt64 = 0
  var asleep: UInt64 = 0
  var polling: UInt64 = 0
  /// The event of the last entry at which something found no list register.
  var overflowedAt: UInt64?
  /// The virtual timer's deadline, if it is armed.
  var deadline: UInt64?
  /// List registers filled at the entry that goes on.
  var filled = 0

  /// Whether anything of it was shown.
  var isShown: Bool { entries + exits + asleep + polling + preempted + readyToRun > 0 }

  /// It enters its guest: what was known of the last exit is over.
  mutating func enter(_ event: Event) {
    filled = 0
    entries += 1
    isInside = true
    enteredAt = event.time
    deadline = nil
    cpu = event.cpu
    hasExited = false
    waits = false
    wokenAt = nil
    kickedAt = nil
    timerFired = false
    wasInjected = false
    handlerRan = false
    trapped = nil
    access = nil
  }

  /// It leaves its guest.
  mutating func exit(_ event: Event) {
    if isInside, let since = enteredAt, event.time > since { inside &+= event.time - since }
    exits += 1
    access = nil
    trapped = nil
    isInside = false
    hasExited = true
    exitTime = event.time
    exitReason = event.exitReason
    exitClass = event.exceptionClass
  }

  /// Why it left its guest the last time, by the exception class of ESR_EL2 (DDI 0487, D24.2.37) and what came with it.
  var exitCause: GuestExitCause {
    switch exitReason {
    case .interrupt: return timerFired ? .timer : wasInjected ? .kick : handlerRan ? .hostInterrupt : .otherInterrupt
    case .trap:
      switch exitClass {
      case 0x01: return .wait
      case 0x12, 0x13, 0x16, 0x17: return .hypercall
      case 0x03, 0x05, 0x18: return trapped ?? .systemRegister
      case 0x20, 0x24: return trapped ?? .memory
      default: return .other
      }
    default: return .other
    }
  }
}
