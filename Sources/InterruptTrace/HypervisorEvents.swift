// Kinds of event that a hypervisor's and a kernel's own tracing shows. What their operands mean is in
// `EventLayout+Hypervisor.swift`.
//
// Domain and PE. Domain 0 is the machine that was traced: its events carry the CPU that they happened on. Domain n is
// the n-th guest in the capture, counted in the order in which their vCPUs first show up; its events carry the vCPU, and
// name the CPU (`cpu`) where it matters. Which thread is which vCPU, and what tells so, is a ``EventKind/vcpuThread``
// event. An event of a guest that the capture does not tell is in ``Domain/unknownGuest``.

/// Constants about domains.
public enum Domain {
  /// The machine that was traced, with the physical controller.
  public static let physical: UInt16 = 0
  /// Some guest, but the capture does not tell which.
  public static let unknownGuest: UInt16 = 0xFFFF
}

extension EventKind {
  // MARK: Guests

  /// A vCPU entered its guest: its list registers were written.
  @inlinable public static var guestEnter: Self { .init(rawValue: 64) }
  /// A vCPU left its guest, for a ``GuestExitReason``.
  @inlinable public static var guestExit: Self { .init(rawValue: 65) }
  /// The hypervisor's interrupt controller was asked to change a line of a guest: an attempt, seen before it is
  /// validated (`vgic_update_irq_pending`). The PE is none for an SPI.
  @inlinable public static var inject: Self { .init(rawValue: 66) }
  /// An interrupt route of a guest was set.
  @inlinable public static var routeSet: Self { .init(rawValue: 67) }
  /// Software wrote a list register.
  @inlinable public static var lrWrite: Self { .init(rawValue: 68) }
  /// Software read a list register: a hypervisor that takes back what the guest left in it.
  @inlinable public static var lrRead: Self { .init(rawValue: 69) }
  /// The hypervisor noticed that a guest ended a level interrupt (`kvm_ack_irq`).
  @inlinable public static var ackNotify: Self { .init(rawValue: 70) }
  /// A vCPU's thread was scheduled in on a CPU.
  @inlinable public static var vcpuLoad: Self { .init(rawValue: 71) }
  /// A vCPU's thread was scheduled out.
  @inlinable public static var vcpuPut: Self { .init(rawValue: 72) }
  /// User space drove an interrupt line (`KVM_IRQ_LINE`); an ``inject`` follows if it is valid.
  @inlinable public static var irqLine: Self { .init(rawValue: 73) }
  /// The slow path of an irqfd, or user space, drove a GSI (`kvm_set_irq`).
  @inlinable public static var gsiSet: Self { .init(rawValue: 74) }
  /// The hypervisor drives the line of a guest's timer; an ``inject`` follows.
  @inlinable public static var timerLine: Self { .init(rawValue: 75) }
  /// A guest's timer was taken off the hardware.
  @inlinable public static var timerSave: Self { .init(rawValue: 76) }
  /// A guest's timer was put on the hardware.
  @inlinable public static var timerRestore: Self { .init(rawValue: 77) }
  /// Which of a vCPU's timers the hardware holds.
  @inlinable public static var timerMap: Self { .init(rawValue: 78) }
  /// The software timer that stands for a guest's timer expired.
  @inlinable public static var timerExpire: Self { .init(rawValue: 79) }
  /// A guest's timer is kept by software.
  @inlinable public static var timerEmulate: Self { .init(rawValue: 80) }
  /// A vCPU that had nothing to do runs again: how long it polled or slept.
  @inlinable public static var vcpuWakeup: Self { .init(rawValue: 81) }
  /// How long a vCPU polls before it sleeps was changed.
  @inlinable public static var haltPoll: Self { .init(rawValue: 82) }
  /// A guest executed WFI or WFE and was trapped.
  @inlinable public static var wfx: Self { .init(rawValue: 83) }
  /// A guest executed HVC.
  @inlinable public static var hypercall: Self { .init(rawValue: 84) }
  /// A guest's access faulted in stage 2.
  @inlinable public static var guestFault: Self { .init(rawValue: 85) }
  /// A vCPU's thread returned to user space, for a reason of `struct kvm_run`.
  @inlinable public static var userspaceExit: Self { .init(rawValue: 86) }
  /// The syndrome of a trapped system-register access; with ``EventFlags/incomplete`` without the general-purpose register.
  @inlinable public static var sysregTrap: Self { .init(rawValue: 87) }
  /// From here on a thread is known to run this vCPU; `evidence` is a ``VCPUEvidence``.
  @inlinable public static var vcpuThread: Self { .init(rawValue: 88) }
  /// A step of the hypervisor's interrupt controller, a ``VGICStep``, with the value that its probe gave.
  @inlinable public static var vgicStep: Self { .init(rawValue: 89) }
  /// What the injection of a message returned, a signed number of 32 bits.
  @inlinable public static var msiResult: Self { .init(rawValue: 90) }
  /// A vCPU was kicked out of its guest, or woken.
  @inlinable public static var vcpuKick: Self { .init(rawValue: 91) }
  /// A thread that runs a vCPU was woken.
  @inlinable public static var vcpuWaking: Self { .init(rawValue: 92) }

  // MARK: Software

  /// An interrupt handler started. The kernel's number is `irq`; `intid` counts if ``EventFlags/intidKnown`` is set. `name`
  /// is the number that a ``MarkerKind/interruptName`` gave to the handler's name, 0 if it is not shown; `thread`, the one
  /// that was interrupted, counts if ``EventFlags/threadKnown`` is set.
  @inlinable public static var handlerEnter: Self { .init(rawValue: 96) }
  /// An interrupt handler returned.
  @inlinable public static var handlerExit: Self { .init(rawValue: 97) }
  /// A softirq was raised.
  @inlinable public static var softirqRaise: Self { .init(rawValue: 98) }
  /// A softirq started, over or in `thread` if ``EventFlags/threadKnown`` is set.
  @inlinable public static var softirqEnter: Self { .init(rawValue: 99) }
  /// A softirq ended.
  @inlinable public static var softirqExit: Self { .init(rawValue: 100) }
  /// Software sent an inter-processor interrupt for an ``IPIReason``. `targets` are CPUs from `firstTarget` on.
  @inlinable public static var ipiSend: Self { .init(rawValue: 101) }
  /// The handler of an inter-processor interrupt started, over `thread` if ``EventFlags/threadKnown`` is set. The CPU's last
  /// idle state was `idle` ns long and ended `awake` ns before, if ``EventFlags/idleKnown`` is set.
  @inlinable public static var ipiEnter: Self { .init(rawValue: 102) }
  /// The handler of an inter-processor interrupt returned.
  @inlinable public static var ipiExit: Self { .init(rawValue: 103) }
  /// A thread was woken.
  @inlinable public static var schedWakeup: Self { .init(rawValue: 104) }
  /// A CPU went from one thread to another.
  @inlinable public static var schedSwitch: Self { .init(rawValue: 105) }
}

extension EventFlags {
  /// Of a handler's entry and exit: `intid` was found from the kernel's number.
  @inlinable public static var intidKnown: Self { .init(rawValue: 1 << 0) }
  /// Of the entry of a handler, a softirq or an IPI: the capture shows the thread that was interrupted; 0 is the idle thread.
  @inlinable public static var threadKnown: Self { .init(rawValue: 1 << 1) }
  /// Of the entry of an IPI: the capture shows when the CPU was in an idle state.
  @inlinable public static var idleKnown: Self { .init(rawValue: 1 << 2) }
  /// Of an MSI into a guest: it was tried with the translation cache only.
  @inlinable public static var cachedTranslation: Self { .init(rawValue: 1 << 0) }
  /// Of a trapped wait: it was WFE.
  @inlinable public static var isWFE: Self { .init(rawValue: 1 << 0) }
}

/// Why a vCPU left its guest.
@frozen public struct GuestExitReason: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt16
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// A physical interrupt: of a device, a kick, a maintenance interrupt; a capture does not tell which.
  @inlinable public static var interrupt: Self { .init(rawValue: 0) }
  /// An SError.
  @inlinable public static var serror: Self { .init(rawValue: 1) }
  /// A trapped instruction or access; its exception class tells which.
  @inlinable public static var trap: Self { .init(rawValue: 2) }
  /// An illegal return into the guest.
  @inlinable public static var illegalReturn: Self { .init(rawValue: 3) }
  /// The hypervisor is gone.
  @inlinable public static var hypervisorGone: Self { .init(rawValue: 4) }
  /// Not shown.
  @inlinable public static var unknown: Self { .init(rawValue: 0xFFFF) }
}

/// What tells which vCPU a thread runs, weakest first.
@frozen public enum VCPUEvidence: UInt8, Comparable, Sendable {
  /// The order of thread identifiers: vCPUs are numbered as they are created.
  case order = 0
  /// An event of the thread names a vCPU, which is the thread's own as a rule.
  case event = 1
  /// The thread's name holds the vCPU's number.
  case name = 2

  /// Orders evidence by how much it is worth.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Steps of KVM's interrupt controller that probes and private tracepoints show.
@frozen public struct VGICStep: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt16
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
  /// The list registers are filled; the value is how many are used, if shown.
  @inlinable public static var flush: Self { .init(rawValue: 0) }
  /// The list registers are taken back.
  @inlinable public static var fold: Self { .init(rawValue: 1) }
  /// The number of pending and active interrupts was counted.
  @inlinable public static var depth: Self { .init(rawValue: 2) }
  /// The underflow maintenance interrupt was asked for.
  @inlinable public static var underflow: Self { .init(rawValue: 3) }
  /// The list of pending and active interrupts was cleaned.
  @inlinable public static var prune: Self { .init(rawValue: 4) }
  /// An interrupt was put on a vCPU's list; the value is its INTID, if shown.
  @inlinable public static var queue: Self { .init(rawValue: 5) }
  /// A vPE was made resident.
  @inlinable public static var vpeLoad: Self { .init(rawValue: 6) }
  /// A vPE was made non-resident.
  @inlinable public static var vpePut: Self { .init(rawValue: 7) }
  /// The guest is itself a hypervisor and returned into its guest (`kvm_nested_eret`).
  @inlinable public static var nestedEnter: Self { .init(rawValue: 8) }
  /// The guest's guest was left for the guest's hypervisor (`kvm_inject_nested_exception`).
  @inlinable public static var nestedExit: Self { .init(rawValue: 9) }
  /// The list registers that a guest's hypervisor filled were put on the hardware.
  @inlinable public static var shadowLoad: Self { .init(rawValue: 10) }
  /// The list registers that a guest's hypervisor filled were taken back.
  @inlinable public static var shadowPut: Self { .init(rawValue: 11) }
}

/// What an inter-processor interrupt is for.
@frozen public struct IPIReason: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The number in the native file.
  public var rawValue: UInt32
  /// Any number, known or not.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// Not shown, or none of these.
  @inlinable public static var other: Self { .init(rawValue: 0) }

  /// What Linux calls the others on arm64 and arm; a reason's number is its place here plus one.
  public static let names = [
    "Rescheduling interrupts", "Function call interrupts", "CPU stop interrupts",
    "CPU stop (for crash dump) interrupts", "Timer broadcast interrupts", "IRQ work interrupts",
    "CPU wake-up interrupts", "CPU backtrace interrupts", "KGDB roundup interrupts", "CPU stop NMIs",
    "Single function call interrupts", "CPU wakeup interrupts", "completion interrupts",
  ]

  /// The first number of the reasons that only the capture names, by a ``MarkerKind/ipiReason``.
  @inlinable public static var firstNamed: UInt32 { 64 }

  /// The reason's name as Linux has it; nil if it has none here.
  public var name: String? { rawValue > 0 && rawValue <= Self.names.count ? Self.names[Int(rawValue) - 1] : nil }
}

/// CPUs that a mask names from one of them on.
@frozen public struct IPITargets: Sequence, IteratorProtocol {
  @usableFromInline let first: UInt32
  @usableFromInline var mask: UInt64

  @inlinable init(first: UInt32, mask: UInt64) { (self.first, self.mask) = (first, mask) }

  /// The next of them.
  @inlinable public mutating func next() -> UInt32? {
    guard mask != 0 else { return nil }
    defer { mask &= mask - 1 }
    return first &+ UInt32(mask.trailingZeroBitCount)
  }
}

extension Event {
  /// The kernel's number of a handler's interrupt.
  @inlinable public var irq: UInt32 { UInt32(truncatingIfNeeded: a) }
  /// Of a handler's entry: the number of its name, 0 if it is not shown.
  @inlinable public var handlerName: UInt32 { UInt32(truncatingIfNeeded: b) }
  /// The INTID of a handler's interrupt, if it is known.
  @inlinable public var handledINTID: UInt32? {
    flags.contains(.intidKnown) ? UInt32(truncatingIfNeeded: a >> 32) : nil
  }
  /// Why an IPI was sent, or its handler ran.
  @inlinable public var ipiReason: IPIReason { IPIReason(rawValue: UInt32(truncatingIfNeeded: a)) }
  /// The CPUs that an IPI was sent to, in the order of their numbers.
  @inlinable public var ipiTargets: IPITargets { IPITargets(first: UInt32(truncatingIfNeeded: a >> 32), mask: b) }
  /// Of the entry of a handler, a softirq or an IPI: the thread that was interrupted, if it is shown.
  @inlinable public var interruptedThread: UInt32? { flags.contains(.threadKnown) ? thread : nil }
  /// Of the entry of an IPI: the CPU's last idle state before it, in time; nil if that is not shown.
  public var idleState: Range<UInt64>? {
    guard flags.contains(.idleKnown) else { return nil }
    let end = time &- min(time, b & 0xFFFF_FFFF)
    return end &- min(end, a >> 32)..<end
  }
  /// The CPU that a guest's event happened on, or ``PE/none``: of entries, exits, injections, line changes, loads, puts
  /// and wake-ups.
  @inlinable public var cpu: UInt32 { UInt32(truncatingIfNeeded: a >> 32) }
  /// The thread that did it, of the same kinds; 0 if it is not shown.
  @inlinable public var thread: UInt32 { UInt32(truncatingIfNeeded: b >> 32) }
  /// The level of a line, of ``EventKind/inject``, ``EventKind/irqLine``, ``EventKind/timerLine`` and
  /// ``EventKind/gsiSet``.
  @inlinable public var level: Bool { b & 1 != 0 }
  /// Of a ``VGICStep/nestedEnter``: the return, by its SPSR, is to EL0 or EL1, which is the guest's guest; to EL2 it is the
  /// guest's own hypervisor.
  @inlinable public var entersNestedGuest: Bool { b & 0xF < 8 }
  /// Why a vCPU left its guest.
  @inlinable public var exitReason: GuestExitReason { GuestExitReason(rawValue: UInt16(truncatingIfNeeded: a)) }
  /// The exception class (`ESR_EL2.EC`) of an exit.
  @inlinable public var exceptionClass: UInt32 { UInt32(truncatingIfNeeded: a >> 16) & 0xFFFF }
}
