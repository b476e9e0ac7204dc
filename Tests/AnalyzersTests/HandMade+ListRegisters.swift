import InterruptTrace

/// List registers and what a guest does with them; `n` is the register, `value` that of `ICH_LR<n>_EL2` or `GICH_LR<n>`.
extension Make {
  private static func intid(_ value: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: value >> 62 == 0 ? value & 0x3FF : value & 0xFFFF_FFFF)
  }
  static func filled(
    _ time: UInt64, _ n: UInt64, _ value: UInt64, pe: UInt32 = 0, _ provenance: Provenance = .derived
  ) -> Transition { make(.lrFilled, time, intid(value), pe, a: n, b: value, provenance) }
  static func emptied(_ time: UInt64, _ n: UInt64, _ value: UInt64, pe: UInt32 = 0) -> Transition {
    make(.lrEmptied, time, intid(value), pe, a: n, b: value)
  }
  static func written(_ time: UInt64, _ n: UInt64, _ value: UInt64, pe: UInt32 = 0) -> Transition {
    make(.lrWritten, time, intid(value), pe, a: n, b: value)
  }
  static func taken(_ time: UInt64, _ n: UInt64, _ intid: UInt32, pe: UInt32 = 0) -> Transition {
    make(.virtualAcknowledged, time, intid, pe, a: n)
  }
  static func finished(_ time: UInt64, _ n: UInt64, _ intid: UInt32, deactivates: Bool = true, pe: UInt32 = 0)
    -> Transition
  { make(.virtualEndOfInterrupt, time, intid, pe, a: n, b: deactivates ? 1 : 0) }
  /// An end that hit no list register, with EOImode 0.
  static func endedOutside(_ time: UInt64, _ intid: UInt32, pe: UInt32 = 0) -> Transition {
    make(.virtualEndOfInterrupt, time, intid, pe, a: Transition.VirtualEnd.unlisted, b: 2)
  }
  static func released(_ time: UInt64, _ n: UInt64, _ intid: UInt32, pe: UInt32 = 0) -> Transition {
    make(.virtualDeactivated, time, intid, pe, a: n)
  }
  /// The three transitions of an end with EOImode 0.
  static func completed(_ time: UInt64, _ n: UInt64, _ value: UInt64, pe: UInt32 = 0) -> [Transition] {
    [
      finished(time, n, intid(value), pe: pe), released(time, n, intid(value), pe: pe), emptied(time, n, value, pe: pe),
    ]
  }
  /// With as many list registers as are given; 0 for a number that nothing is measured against.
  static func entered(_ time: UInt64, control: UInt64 = 1, registers: UInt64 = 0, pe: UInt32 = 0) -> Transition {
    make(.virtualInterfaceEnabled, time, .max, pe, a: control, b: registers)
  }
  static func ran(_ time: UInt64, control: UInt64 = 1, registers: UInt64 = 0, pe: UInt32 = 0) -> Transition {
    make(.guestRuns, time, .max, pe, a: control, b: registers)
  }
  /// A write of a list register as the model reports it: what was there, if it was another, what is, and whether the one
  /// before had been read.
  static func loaded(_ time: UInt64, _ n: UInt64, _ value: UInt64, over old: UInt64 = 0, pe: UInt32 = 0) -> [Transition]
  {
    var all = [written(time, n, value, pe: pe)]
    if old != 0, value == 0 { all.append(emptied(time, n, old, pe: pe)) }
    if old != 0, value != 0 { all.append(make(.lrOverwritten, time, intid(old), pe, a: n | 0x100, b: old)) }
    if value != 0 { all.append(filled(time, n, value, pe: pe)) }
    return all
  }
  static func exited(_ time: UInt64, control: UInt64 = 1, pe: UInt32 = 0) -> Transition {
    make(.virtualInterfaceDisabled, time, .max, pe, a: control)
  }
  static func maintenance(_ time: UInt64, _ level: Bool, status: UInt64, pe: UInt32 = 0) -> Transition {
    make(.maintenance, time, .max, pe, a: level ? 1 : 0, b: status)
  }
}
