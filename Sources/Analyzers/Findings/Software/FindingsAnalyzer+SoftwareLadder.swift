import InterruptTrace

/// What a kernel's own tracing says of an interrupt. Of the controller it shows nothing, and nothing is said of it.
extension FindingsAnalyzer {
  private static func times(_ count: UInt64) -> String { count == 1 ? "once" : "\(count) times" }

  /// The way of an interrupt in a capture without a controller.
  func handlerLadder(_ intid: UInt32) -> DeliveryLadder {
    var known: (irq: UInt32, record: SoftwareTrail.HandlerRecord)?
    software.handlers.forEach { key, record in
      if key >> 32 == 0, record.pointee.intid == intid { known = (UInt32(truncatingIfNeeded: key), record.pointee) }
    }
    let numbered = software.handlers.find(UInt64(intid))?.pointee
    var rungs: [Rung] = []
    let conclusion: String
    if let known {
      rungs.append(
        Rung(
          "handled", .holds,
          "\(software.title(known.irq)): \(Self.times(known.record.count)), last on CPU \(known.record.cpu)",
          event: known.record.last.event, time: known.record.last.time))
      conclusion =
        "\(Self.name(intid)) was handled \(Self.times(known.record.count)), as \(software.title(known.irq)). This capture "
        + "shows no controller."
    } else if let numbered {
      rungs.append(
        Rung(
          "handled", .holds,
          "the kernel's \(software.title(intid)): \(Self.times(numbered.count)), last on CPU \(numbered.cpu)",
          event: numbered.last.event, time: numbered.last.time))
      conclusion =
        "This capture shows no controller. The kernel's \(software.title(intid)) was handled \(Self.times(numbered.count)); "
        + "which INTID that is, it does not show."
    } else {
      conclusion = "This capture shows no controller, and nothing about \(Self.name(intid))."
    }
    rungs.append(Rung("controller", .unknown, "this capture shows no controller"))
    return DeliveryLadder(
      domain: Domain.physical, intid: intid, pe: (known?.record ?? numbered)?.cpu, rungs: rungs, conclusion: conclusion)
  }
}
