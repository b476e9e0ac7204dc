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
  static func released(_ time: UInt64, _ n: UInt64, _ intid: UInt32, pe: UInt32 = 0) -> Transition {
    make(.virtualDeactivated, time, intid, pe, a: n)
  }
  /// The three transitions of an end with EOImode 0.
  static func completed(_ time: UInt64, _ n: UInt64, _ value: UInt64, pe: UInt32 = 0) -> [Transition] {
    [
      finished(time, n, intid(value), pe: pe), released(time, n, intid(value), pe: pe), emptied(time, n, value, pe: pe),
    ]
  }
  static func entered(_ time: UInt64, control: UInt64 = 1, pe: UInt32 = 0) -> Transition {
    make(.virtualInterfaceEnabled, time, .max, pe, a: control)
  }
  static func exited(_ time: UInt64, control: UInt64 = 1, pe: UInt32 = 0) -> Transition {
    make(.virtualInterfaceDisabled, time, .max, pe, a: control)
  }
  static func maintenance(_ time: UInt64, _ level: Bool, status: UInt64, pe: UInt32 = 0) -> Transition {
    make(.maintenance, time, .max, pe, a: level ? 1 : 0, b: status)
  }
}
