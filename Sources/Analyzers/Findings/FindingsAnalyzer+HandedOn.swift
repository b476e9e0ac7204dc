import HypervisorModel
import InterruptTrace

/// Interrupts that were given to a guest.
extension FindingsAnalyzer {
  /// What the list register that an interrupt was given to a guest in says of its deactivation.
  func handedOnLinks(_ key: InterruptKey, _ r: InterruptRecord) -> [Finding.Link] {
    guard let given = handedOn.find(key.rawValue)?.pointee, given.event > r.acknowledgeAt.event else {
      guard !isForwarded(key, r), let list = lists.find(UInt64(key.domain) << 32 | UInt64(r.acknowledgedOn))?.pointee
      else {
        return []
      }
      let used = (0..<16).count { list.intids[$0] != .max }
      return [.init("no list register of PE \(r.acknowledgedOn) has held it since; \(used) of them are in use")]
    }
    let value = ListRegisterValue(Transition.Operands(index: Int(given.list), value: given.value))
    let register = "list register \(given.list) of PE \(given.pe)"
    let end = given.endEvent.known
    if value.isHardware, UInt32(value.physicalINTID) != key.intid {
      return [
        .init(
          "\(register) was written with HW set and pINTID \(value.physicalINTID): \(hex(given.value))",
          event: given.event),
        .init(
          end == nil
            ? "the guest's end will deactivate INTID \(value.physicalINTID)"
            : "the guest's end of virtual INTID \(key.intid) deactivated INTID \(value.physicalINTID), and not \(Self.name(key.intid))",
          event: end),
      ]
    }
    guard !value.isHardware, !value.asksAtEnd else { return [] }
    return [
      .init("\(register) held it with HW and EOI clear: \(hex(given.value))", event: given.event),
      .init(
        end == nil
          ? "the hypervisor will not notice the guest's end"
          : "the hypervisor did not notice the guest's end: no maintenance interrupt follows it",
        event: end),
    ]
  }

  /// The same for `why`.
  func handedOnRung(_ r: InterruptRecord, _ key: InterruptKey) -> DeliveryLadder.Rung? {
    guard r.isActive, !r.isRunning, r.endAt.event != .max, let link = handedOnLinks(key, r).first else { return nil }
    return DeliveryLadder.Rung("list-register", .broken, link.text, event: link.event)
  }
}
