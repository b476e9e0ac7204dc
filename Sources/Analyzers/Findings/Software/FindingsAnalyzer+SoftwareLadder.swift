import InterruptTrace

/// What a kernel's own tracing says of an interrupt. Of the controller it shows nothing, and nothing is said of it.
extension FindingsAnalyzer {
  /// The way of an interrupt as the software's tracing shows it: of a guest, or in a capture without a controller.
  func softwareLadder(domain: UInt16, intid: UInt32, pe: UInt32?) -> DeliveryLadder {
    domain == Domain.physical ? handlerLadder(intid) : guestLadder(domain, intid, pe)
  }

  /// The vCPUs of a guest that an SGI or PPI is shown of.
  func vcpus(domain: UInt16, intid: UInt32) -> [UInt32] {
    var found: Set<UInt32> = []
    func note(_ raw: UInt64) {
      let key = InterruptKey(rawValue: raw)
      if key.domain == domain, key.intid == intid, key.pe != PE.none { found.insert(key.pe) }
    }
    software.injections.forEach { key, _ in note(key) }
    software.guests.forEach { key, _ in note(key) }
    return found.sorted()
  }

  private typealias Rung = DeliveryLadder.Rung

  private static func times(_ count: UInt64) -> String { count == 1 ? "once" : "\(count) times" }

  private func handlerLadder(_ intid: UInt32) -> DeliveryLadder {
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

  private func guestLadder(_ domain: UInt16, _ intid: UInt32, _ pe: UInt32?) -> DeliveryLadder {
    let key = InterruptKey.interrupt(domain: domain, pe: pe ?? 0, intid: intid).rawValue
    let injection = software.injections.find(key)?.pointee
    let guest = software.guests.find(key)?.pointee
    let who = InterruptClass(intid: intid).isPrivate ? "vCPU \(pe ?? 0) of guest \(domain)" : "guest \(domain)"
    var rungs: [Rung] = []
    if let injection {
      rungs.append(
        Rung(
          "source", .holds,
          "\(injection.raised + injection.lowered) attempts to inject it, \(injection.raised) of which raise it",
          event: injection.last.event, time: injection.last.time))
    } else {
      rungs.append(Rung("source", .unknown, "no attempt to inject it is shown"))
    }
    if let guest {
      func rung(_ name: String, _ moment: Moment, _ text: String) {
        guard moment.event != .max else { return }
        rungs.append(Rung(name, .holds, text, event: moment.event, time: moment.time))
      }
      rung("pending", guest.pending, "pending, as the model of the hypervisor has it")
      rung("listed", guest.listed, "in list register \(guest.list) of vCPU \(guest.vcpu), as the model has it")
      rung(
        "taken-back", guest.outcome,
        guest.hasEnded ? "the guest had ended it by its exit" : "still there at the guest's exit")
    }
    rungs.append(Rung("controller", .unknown, "the guest's controller is not shown, but by what its hypervisor does"))
    let what = "\(Self.name(intid)) for \(who)"
    let conclusion: String
    if let guest, guest.outcome.event != .max, guest.hasEnded,
      guest.outcome.event > guest.pending.event || guest.pending.event == .max
    {
      conclusion = "\(what) was injected, listed and ended by the guest, as far as the model of the hypervisor tells."
    } else if let guest, guest.listed.event != .max {
      conclusion = "\(what) was injected and listed; that the guest ended it is not shown."
    } else if let injection {
      conclusion =
        "\(injection.raised + injection.lowered) attempts to inject \(what) are shown; whether it was delivered is not."
    } else {
      conclusion = "This capture shows nothing about \(what)."
    }
    return DeliveryLadder(domain: domain, intid: intid, pe: pe, rungs: rungs, conclusion: conclusion)
  }
}
