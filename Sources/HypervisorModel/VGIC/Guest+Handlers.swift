import InterruptTrace

/// What a guest's own trace, merged with its host's, shows of its handlers.
extension Guest {
  /// Takes in what the guest's kernel did on a vCPU.
  func take(guestKernel event: Event) {
    guard holds(event.pe) else { return }
    let vcpu = Int(event.pe)
    // Whatever it does next, what its handlers returned from has ended.
    for index in vcpus[vcpu].handlers.indices where vcpus[vcpu].handlers[index].phase == .returned {
      vcpus[vcpu].handlers[index].phase = .over
    }
    guard event.flags.contains(.intidKnown), vcpus[vcpu].isInside else { return }
    let intid = UInt32(truncatingIfNeeded: event.a >> 32)
    switch event.kind {
    case .handlerEnter:
      vcpus[vcpu].handlers.removeAll { $0.intid == intid }
      if vcpus[vcpu].handlers.count < 64 { vcpus[vcpu].handlers.append((intid, .running)) }
    case .handlerExit:
      if let index = vcpus[vcpu].handlers.lastIndex(where: { $0.intid == intid }) {
        vcpus[vcpu].handlers[index].phase = .returned
      }
    default: break
    }
  }

  /// What the guest's trace tells of an interrupt that was in a list register in the last run; nil if nothing.
  func handlerOutcome(
    _ loaded: ListRegisterValue, _ intid: UInt32, _ vcpu: Int
  ) -> (ListRegisterValue, InferenceRule)? {
    guard let handler = vcpus[vcpu].handlers.last(where: { $0.intid == intid }) else { return nil }
    switch handler.phase {
    case .running: return (loaded.active, .handlerRunning)
    case .returned: return nil
    case .over: return (loaded.empty, .handlerReturned)
    }
  }
}

extension ListRegisterValue {
  /// The same register with its interrupt acknowledged and not ended.
  var active: ListRegisterValue {
    ListRegisterValue(bits & ~Self.pendingBit(format) | Self.activeBit(format), format)
  }
}
