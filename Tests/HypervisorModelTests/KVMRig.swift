import InterruptTrace

@testable import HypervisorModel

/// A guest as KVM's tracepoints show it, event by event.
final class KVMRig: ListRegisterWitness {
  let model: HypervisorModel
  private(set) var predictions: [EntryPrediction] = []
  private(set) var transitions: [Transition] = []
  private var time: UInt64 = 0
  private var number: UInt64 = 0
  private var buffer = TransitionBuffer()
  /// What a capture from below would show, by the entry's number.
  var loaded: [UInt64]?
  var left: [UInt64]?
  var ends: Int?

  init(policy: ListRegisterPolicy = .kvmLegacy, listRegisters: Int = 4, isWitness: Bool = false) {
    var options = HypervisorOptions()
    options.policy = policy
    options.listRegisters = listRegisters
    model = HypervisorModel(topology: Topology(), options: options)
    model.onEntry = { [unowned self] in predictions.append($0) }
    if isWitness { model.witness = self }
  }

  func registersLoaded(event: UInt64) -> [UInt64]? { loaded }
  func registersLeft(entry event: UInt64) -> [UInt64]? { left }
  func endsOutside(entry event: UInt64) -> Int? { ends }

  func send(
    _ kind: EventKind, vcpu: UInt32 = 0, domain: UInt16 = 1, flags: EventFlags = [], a: UInt64 = 0, b: UInt64 = 0
  ) {
    time += 1000
    let event = Event(time: time, kind: kind, flags: flags, domain: domain, pe: vcpu, a: a, b: b)
    buffer.removeAll()
    withUnsafePointer(to: event) {
      model.apply(UnsafeBufferPointer(start: $0, count: 1), firstIndex: number, into: &buffer)
    }
    number += 1
    transitions += buffer.transitions
  }

  // MARK: What happens to a guest

  func enter(_ vcpu: UInt32 = 0, pc: UInt64 = 0x1000, cpu: UInt64? = nil, domain: UInt16 = 1) {
    send(.guestEnter, vcpu: vcpu, domain: domain, a: (cpu ?? UInt64(vcpu)) << 32, b: pc)
  }
  /// Leaves the guest: by a trap far from where it entered, unless told otherwise.
  func exit(_ vcpu: UInt32 = 0, reason: UInt64 = 2, exceptionClass: UInt64 = 0x24, pc: UInt64 = 0x8000) {
    send(.guestExit, vcpu: vcpu, a: reason | exceptionClass << 16 | UInt64(vcpu) << 32, b: pc)
  }
  func waits(_ vcpu: UInt32 = 0, pc: UInt64 = 0x8000) {
    exit(vcpu, exceptionClass: 1, pc: pc)
    send(.wfx, vcpu: vcpu)
  }
  /// A wait's end: after a time, or at once.
  func wakes(_ vcpu: UInt32 = 0, after duration: UInt64 = 1000) { send(.vcpuWakeup, vcpu: vcpu, a: duration) }
  /// Runs and waits, until it is known where the guest's idle loop is.
  func idles(_ vcpu: UInt32 = 0) {
    for _ in 0..<4 {
      enter(vcpu)
      waits(vcpu)
      wakes(vcpu)
    }
  }
  func inject(_ intid: UInt64, level: Bool = true, vcpu: UInt32 = 0, cpu: UInt64 = 7, domain: UInt16 = 1) {
    let pe = intid < 32 ? vcpu : PE.none
    send(.inject, vcpu: pe, domain: domain, a: intid | cpu << 32, b: level ? 1 : 0)
  }
  /// The virtual timer's line, as `kvm_timer_update_irq` shows it; `cpu` is where the vCPU runs.
  func timer(_ level: Bool = true, vcpu: UInt32 = 0) {
    send(.timerLine, vcpu: vcpu, a: 27 | UInt64(vcpu) << 32, b: level ? 1 : 0)
    inject(27, level: level, vcpu: vcpu, cpu: UInt64(vcpu))
  }
  func save(control: UInt64, deadline: UInt64, vcpu: UInt32 = 0) {
    send(.timerSave, vcpu: vcpu, a: deadline, b: control | 1 << 32)
  }
  func restore(control: UInt64, deadline: UInt64, vcpu: UInt32 = 0) {
    send(.timerRestore, vcpu: vcpu, a: deadline, b: control | 1 << 32)
  }
  /// A host's IPI, to reschedule.
  func ipi(from sender: UInt32, to cpu: UInt64) { send(.ipiSend, vcpu: sender, domain: 0, a: 1, b: 1 << cpu) }
  func acknowledged(_ intid: UInt64) { send(.ackNotify, vcpu: PE.none, a: intid) }
  /// A write that trapped, in QEMU's layout.
  func write(_ address: UInt64, _ value: UInt64, vcpu: UInt32 = 0) {
    // GICD_IROUTER is written as a doubleword, all else as words.
    let size: UInt8 = (0x0800_6000..<0x0800_8000).contains(address) ? 3 : 2
    send(.mmioWrite, vcpu: vcpu, flags: [.absolute, EventFlags(rawValue: size)], a: address, b: value)
  }

  // MARK: What is predicted

  var last: EntryPrediction { predictions.last! }
  /// The INTIDs in the registers of the last entry.
  var intids: [UInt32] { last.registers.map(\.intid) }
  /// Their states: P, A or PA.
  var states: [String] {
    last.registers.map {
      let value = ListRegisterValue($0.value, model.summaries.first?.isGICv2 == true ? .gich : .ich)
      return (value.isPending ? "P" : "") + (value.isActive ? "A" : "")
    }
  }
}
