import Analyzers
import HypervisorModel
import InterruptTrace
import PerfettoTrace

/// What joins an interrupt to the list register that holds its virtual one.
struct PerfettoLinks {
  /// Flows of these kinds have numbers of their own.
  private static let hardware: UInt64 = 1 << 62
  private static let injection: UInt64 = 1 << 61

  /// The last acknowledge of each physical interrupt that may be linked.
  private var acknowledged: [UInt64: UInt64] = [:]
  private var injected: [UInt64: UInt64] = [:]

  private static func key(_ t: Transition, _ intid: UInt32) -> UInt64 {
    UInt64(t.domain) << 48 | UInt64(t.pe & 0xFF_FFFF) << 24 | UInt64(intid & 0xFF_FFFF)
  }

  mutating func acknowledged(_ t: Transition) {
    // LPIs have no active state and are never linked (IHI 0069H, 12.4.6).
    if !INTID.isLPI(t.intid) { acknowledged[Self.key(t, t.intid)] = t.event }
  }

  /// The flow of an injection into a guest.
  mutating func injected(_ t: Transition) -> UInt64 {
    let flow = Self.injection | t.event
    injected[Self.key(t, t.intid)] = flow
    return flow
  }

  /// The flows that lead to a list register that is filled.
  mutating func filled(_ t: Transition) -> [UInt64] {
    var flows: [UInt64] = []
    let value = ListRegisterValue(t.listRegister)
    if value.isHardware, let event = acknowledged[Self.key(t, UInt32(value.physicalINTID))] {
      flows.append(Self.hardware | event)
    }
    if let flow = injected.removeValue(forKey: Self.key(t, t.intid)) { flows.append(flow) }
    return flows
  }

  /// An injection that was taken back before a list register held it.
  mutating func withdrawn(_ t: Transition) { injected[Self.key(t, t.intid)] = nil }

  /// The flow from a physical interrupt's acknowledge that may have been handed to a guest: its end did not deactivate it.
  /// Lives come before the transitions of their batch, so that whether it was is not known yet; a flow that leads
  /// nowhere is not drawn.
  static func handedOver(_ life: InterruptLife) -> UInt64? {
    let isSplit = life.shown.contains(.deactivation) ? life.deactivationEvent != life.endEvent : true
    return !INTID.isLPI(life.intid) && life.shown.contains(.acknowledge) && isSplit
      ? hardware | life.acknowledgeEvent : nil
  }
}

extension PerfettoReport {
  /// A hypervisor's own trace: when each vCPU was in its guest, and what ran on the CPUs meanwhile.
  func showSoftware(_ event: Event, index: UInt64, isShown: Bool) throws {
    switch event.kind {
    case .guestEnter: try begin("in the guest", .inGuest(event.domain, event.pe), event, index, isShown)
    case .guestExit: try end(.inGuest(event.domain, event.pe), event.time)
    case .handlerEnter:
      let number = event.handledINTID.map { "INTID \($0)" } ?? "IRQ \(event.irq)"
      let name = kernelNames.handler(domain: event.domain, irq: event.irq, event.handlerName)
      let title = name.isEmpty ? number : "\(number) \(name)"
      try begin(title, .handlers(event.domain, event.pe), event, index, isShown)
    case .ipiEnter:
      let reason = kernelNames.reason(domain: event.domain, UInt32(truncatingIfNeeded: event.a))
      try begin("IPI \(reason)", .handlers(event.domain, event.pe), event, index, isShown)
    case .softirqEnter:
      let name = KernelActivity.Softirq.name(ofVector: UInt32(truncatingIfNeeded: event.a))
      try begin("softirq \(name)", .handlers(event.domain, event.pe), event, index, isShown)
    case .handlerExit, .ipiExit, .softirqExit: try end(.handlers(event.domain, event.pe), event.time)
    default: break
    }
  }

  private func begin(_ name: String, _ track: PerfettoTrack, _ event: Event, _ index: UInt64, _ isShown: Bool) throws {
    // An entry whose exit the capture lacks ends with the next one; handlers stand in each other, but not so deep.
    let most = track.isHandlers ? 8 : 1
    while depth[track, default: 0] >= most { try end(track, event.time) }
    guard isShown else { return }
    depth[track, default: 0] += 1
    var begin = try self.event(.sliceBegin, on: track)
    begin.nameIid = stream.name(name)
    begin.categoryIids = [stream.category(track.isHandlers ? "handler" : "guest")]
    begin.debugAnnotations = [stream.annotation("event", index)]
    try stream.append(begin, at: event.time)
  }

  private func end(_ track: PerfettoTrack, _ time: UInt64) throws {
    guard let open = depth[track], open > 0 else { return }
    depth[track] = open - 1
    try stream.append(event(.sliceEnd, on: track), at: time)
  }

  /// An injection into a guest, joined to the list register that takes it.
  func showInjection(_ t: Transition, _ isShown: Bool) throws {
    let flow = links.injected(t)
    guard isShown else { return }
    var mark = try event(.instant, on: .injections(t.domain))
    mark.nameIid = stream.name("\(InterruptClass(intid: t.intid).name) \(t.intid)")
    mark.categoryIids = [stream.category("injection")]
    mark.debugAnnotations = [stream.annotation("event", t.event)]
    mark.flowIds = [flow]
    try stream.append(mark, at: t.time)
  }
}
