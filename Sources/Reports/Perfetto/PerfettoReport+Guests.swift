import Analyzers
import InterruptTrace
import PerfettoTrace

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

  /// An injection into a guest; `leadsOn` to the list register that takes it.
  func showInjection(_ injection: PerfettoLinks.Moment, leadsOn: Bool = false) throws {
    try instant(injection, category: "injection", on: .injections(injection.domain), leadsOn ? [injection.flow] : [])
  }

  /// An acknowledge whose interrupt a guest got, and whose life has no slice that could show it.
  func showHandedOver(_ acknowledge: PerfettoLinks.Moment) throws {
    let track = PerfettoTrack.running(acknowledge.domain, acknowledge.pe, lane: 0)
    try instant(acknowledge, category: "acknowledged", on: track, [acknowledge.flow])
  }

  private func instant(
    _ moment: PerfettoLinks.Moment, category: String, on track: PerfettoTrack, _ flows: [UInt64]
  ) throws {
    var mark = try event(.instant, on: track)
    mark.nameIid = stream.name("\(InterruptClass(intid: moment.intid).name) \(moment.intid)")
    mark.categoryIids = [stream.category(category)]
    mark.debugAnnotations = [stream.annotation("event", moment.event)]
    mark.flowIds = flows
    try stream.append(mark, at: moment.time)
  }

  /// A finding, where it first shows.
  func show(_ finding: Finding) throws {
    var mark = try event(.instant, on: .findings)
    mark.nameIid = stream.name(finding.kind.name)
    mark.categoryIids = [stream.category("finding")]
    mark.debugAnnotations = [
      stream.annotation("severity", finding.severity.name), stream.annotation("summary", finding.summary),
      stream.annotation("certainty", finding.certainty.name), stream.annotation("count", finding.count),
      stream.annotation("event", finding.firstEvent),
    ]
    try stream.append(mark, at: finding.firstTime)
  }
}
