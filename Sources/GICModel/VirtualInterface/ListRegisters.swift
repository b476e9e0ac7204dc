import InterruptTrace

/// Reads and writes of `ICH_LR<n>_EL2`, and of its halves `ICH_LR<n>` and `ICH_LRC<n>` in AArch32 (IHI 0069H, 12.4.6).
extension GICv3 where Store: ~Copyable {
  /// Which list register an access is about, and which of its bits.
  @inline(__always) private func place(_ register: SystemRegister) -> (n: Int, shift: UInt64, mask: UInt64) {
    let number = Int(register.rawValue)
    let n = number & 15
    if number < Int(SystemRegister.ICH_LR0.rawValue) { return (n, 0, .max) }
    return number < Int(SystemRegister.ICH_LRC0.rawValue) ? (n, 0, 0xFFFF_FFFF) : (n, 32, 0xFFFF_FFFF << 32)
  }

  /// Whether a list register is implemented. An access to one that is not would be UNDEFINED, so where nothing else tells
  /// their number, an access does.
  private mutating func exists(_ n: Int, pe: Int) -> Bool {
    if n < pes[pe].virtual.listRegisterCount { return true }
    guard !pes[pe].virtual.typeIsKnown else { return false }
    pes[pe].virtual.setType(pes[pe].virtual.type & ~0x1F | UInt32(n))
    return true
  }

  mutating func readListRegister(_ event: Event, pe: Int) {
    let (n, shift, mask) = place(event.register)
    let check = PredictionLedger.check(event.register)
    guard exists(n, pe: pe) else {
      compare(check, expected: 0, seen: event.b, pe: event.pe)
      return
    }
    let halves = shownListRegisters(pe) >> UInt32(n)
    let known: UInt64 = (halves & 1 != 0 ? 0xFFFF_FFFF : 0) | (halves >> 16 & 1 != 0 ? 0xFFFF_FFFF << 32 : 0)
    let value = pes[pe].virtual.listRegisters[n].bits
    let verdict = compare(
      check, expected: (value & mask) >> shift, seen: event.b, known: (known & mask) >> shift, pe: event.pe)
    if verdict == .taught {
      progress.provenance = .observed
      setListRegister(n, to: ListRegister(bits: value & ~mask | event.b << shift & mask), pe: pe)
      progress.provenance = .derived
      refreshMaintenance(pe)
    }
    know(n, mask: mask, pe: pe)
    if mask >> 63 != 0 { pes[pe].virtual.guest.noteRead(of: n) }
  }

  mutating func writeListRegister(_ event: Event, pe: Int) {
    let (n, shift, mask) = place(event.register)
    guard exists(n, pe: pe) else { return }
    let merged = pes[pe].virtual.listRegisters[n].bits & ~mask | event.b << shift & mask
    let value = ListRegister(bits: merged & writableListRegister(pe, merged))
    emit(
      .lrWritten, pe: pe, intid: value.reportedINTID(isLegacy: pes[pe].virtual.isLegacy), a: UInt64(n), b: value.bits)
    setListRegister(n, to: value, pe: pe)
    know(n, mask: mask, pe: pe)
    pes[pe].virtual.guest.noteWrite(of: n)
    refreshMaintenance(pe)
  }

  /// Bits that a list register keeps (12.4.6).
  private func writableListRegister(_ pe: Int, _ value: UInt64) -> UInt64 {
    let priority = UInt64(implementedPriorities(pe)) << 48
    let keepsNonMaskable =
      pes[pe].virtual.hasNonMaskable || departures.contains(.listRegistersKeepNonMaskable)
    let nonMaskable = keepsNonMaskable ? ListRegister.nonMaskableBit : 0
    if departures.contains(.listRegistersKeepReservedBits) {
      return ~(0xFF << 48 | ListRegister.nonMaskableBit) | priority | nonMaskable
    }
    // ICH_VTR_EL2.IDbits: 16 or 24.
    let intid: UInt64 = pes[pe].virtual.type >> 23 & 7 == 0 ? 0xFFFF : 0xFF_FFFF
    let link: UInt64 = value & ListRegister.hardwareBit != 0 ? 0x1FFF << 32 : ListRegister.endMaintenanceBit
    return 0xF << 60 | nonMaskable | priority | link | intid
  }

  @inline(__always) private func know(_ n: Int, mask: UInt64, pe: Int) {
    if mask & 1 != 0 { pes[pe].virtual.known.listRegisters |= 1 << UInt32(n) }
    if mask >> 63 != 0 { pes[pe].virtual.known.listRegisters |= 0x1_0000 << UInt32(n) }
  }

  /// Gives a list register a value and reports what became of the interrupts in it.
  ///
  /// The same interrupt written again is news only if that made it pending.
  mutating func setListRegister(_ n: Int, to value: ListRegister, pe: Int) {
    let old = pes[pe].virtual.listRegisters[n]
    pes[pe].virtual.setListRegister(n, value)
    guard old.isValid || value.isValid else { return }
    guard value.isValid else { return report(.lrEmptied, old, n, pe: pe) }
    var isNew = !old.isValid || value.hasPending && !old.hasPending
    if old.isValid, old.virtualINTID != value.virtualINTID {
      // Of what has not been shown, neither is whether it was saved.
      let isSaved = pes[pe].virtual.guest.hasSaved(n) || !pes[pe].virtual.known.listRegisters.bit(n)
      let operands = Transition.Operands<Transition.ListRegister>(index: n, value: old.bits, isSaved: isSaved)
      emit(
        .lrOverwritten, pe: pe, intid: old.reportedINTID(isLegacy: pes[pe].virtual.isLegacy),
        priority: old.priority, a: operands.a, b: operands.b)
      isNew = true
    }
    if isNew { report(.lrFilled, value, n, pe: pe) }
  }

  /// Reports what became of the interrupt in a list register; `b` if it is not the register's value.
  @inline(__always)
  func report(_ kind: TransitionKind, _ register: ListRegister, _ n: Int, pe: Int, b: UInt64? = nil) {
    let intid = register.reportedINTID(isLegacy: pes[pe].virtual.isLegacy)
    emit(kind, pe: pe, intid: intid, priority: register.priority, a: UInt64(n), b: b ?? register.bits)
  }

  /// `ICH_ELRSR_EL2`. A list register that was not known and is shown empty holds no interrupt.
  mutating func readEmptyStatus(_ event: Event, pe: Int, check: Int) {
    let implemented = pes[pe].virtual.implemented
    let unknown = implemented & ~(shownListRegisters(pe) >> 16)
    let verdict = compare(
      check, expected: UInt64(pes[pe].virtual.empty & implemented), seen: event.b, known: ~UInt64(unknown),
      pe: event.pe)
    guard verdict == .taught else { return }
    progress.provenance = .observed
    var empty = UInt32(truncatingIfNeeded: event.b) & unknown & pes[pe].virtual.valid
    while empty != 0 {
      let n = empty.lowestBit
      empty &= empty &- 1
      let stateBits = ListRegister.pendingBit | ListRegister.activeBit
      setListRegister(n, to: ListRegister(bits: pes[pe].virtual.listRegisters[n].bits & ~stateBits), pe: pe)
    }
    progress.provenance = .derived
    refreshMaintenance(pe)
  }
}
