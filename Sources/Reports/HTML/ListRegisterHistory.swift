import GICModel

/// What each list register holds, for the timeline.
struct ListRegisterHistory {
  private var held: [UInt64: ListedInterrupt] = [:]

  /// Takes in a transition; what a list register held, if that has gone by it.
  mutating func ended(by t: Transition) -> ListedInterrupt? {
    let key = UInt64(t.domain) << 40 | UInt64(t.pe) << 8 | t.a & 63
    switch t.kind {
    case .lrFilled where held[key] == nil:
      held[key] = ListedInterrupt(
        filled: t.time,
        acknowledged: nil,
        event: t.event,
        intid: t.intid,
        pe: t.pe,
        index: UInt32(truncatingIfNeeded: t.a & 63)
      )
    case .virtualAcknowledged where t.a < 64: if held[key]?.acknowledged == nil { held[key]?.acknowledged = t.time }
    case .lrEmptied, .lrOverwritten: return held.removeValue(forKey: key)
    default: break
    }
    return nil
  }

  /// What list registers still hold.
  var open: [ListedInterrupt] { held.sorted { $0.key < $1.key }.map(\.value) }
}
