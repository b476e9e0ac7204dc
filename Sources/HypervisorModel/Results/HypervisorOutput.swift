import InterruptTrace

/// Where transitions go, and what they have in common: one event's.
struct HypervisorOutput {
  let buffer: UnsafeMutablePointer<TransitionBuffer>
  let time: UInt64
  let event: UInt64

  func append(_ transition: Transition) { buffer.pointee.append(transition) }

  func emit(
    _ kind: TransitionKind, provenance: Provenance = .derived, domain: UInt16, pe: UInt32, intid: UInt32 = INTID.none,
    priority: UInt32 = 0, _ operands: Transition.Operands<some Any>
  ) {
    buffer.pointee.append(
      Transition(
        time: time, event: event, kind: kind, provenance: provenance, domain: domain, pe: pe, intid: intid,
        priority: priority, operands)
    )
  }
}
