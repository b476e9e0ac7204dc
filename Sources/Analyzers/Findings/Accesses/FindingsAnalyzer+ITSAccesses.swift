import InterruptTrace

/// What software writes to an ITS, and the commands that the ITS reads.
extension FindingsAnalyzer {
  mutating func itsWritten(_ event: Event, _ number: UInt64) {
    let (its, offset) = (event.owner, event.offset)
    let t = place(event, number)
    let isEnabled = itsRegisters(its).isEnabled
    switch offset & ~7 {
    case RegisterOffset.gitsCTLR where offset == 0:
      checkEnable(event, number, t)
      trail.note(event, number, isWide: false)
      return
    case RegisterOffset.gitsCBASER:
      if isEnabled { writtenWhileEnabled(.commandQueueWrittenWhileEnabled, "GITS_CBASER", event, number, t) }
      if offset == RegisterOffset.gitsCBASER, event.b & 0xF000 != 0 {
        misuse(
          .commandQueueUnaligned, t, place: its, "GITS_CBASER names a queue that is not aligned to 64 KiB",
          [.init("\(hex(event.b)) was written to GITS_CBASER", event: number)])
      }
    case RegisterOffset.gitsCWRITER:
      if offset == RegisterOffset.gitsCWRITER, event.b & 0x1E != 0 {
        misuse(
          .commandOffsetReservedBits, t, place: its, "GITS_CWRITER was written with reserved bits set",
          [.init("\(hex(event.b)) was written to GITS_CWRITER", event: number)])
      }
    case RegisterOffset.gitsBASER..<0x140:
      if isEnabled {
        writtenWhileEnabled(
          .tablesWrittenWhileEnabled, "GITS_BASER\((offset - RegisterOffset.gitsBASER) / 8)", event, number, t)
      }
    default: break
    }
    trail.note(event, number, isWide: true)
  }

  private func writtenWhileEnabled(
    _ rule: MisuseRule, _ name: String, _ event: Event, _ number: UInt64, _ t: Transition
  ) {
    let control = trail.last(.gits, event.owner, RegisterOffset.gitsCTLR)
    misuse(
      rule, t, place: event.owner << 8 | event.offset >> 3, "\(name) was written while the ITS was enabled",
      [
        .init("GITS_CTLR.Enabled was set", event: control?.at.event),
        .init("\(hex(event.b)) was written to \(name)", event: number),
      ])
  }

  /// What `GITS_CTLR` is known to be.
  private mutating func itsRegisters(_ its: UInt32) -> (isEnabled: Bool, isBusy: Bool) {
    let bits = itsControl.find(UInt64(its))?.pointee ?? 0
    return (bits & 1 != 0, bits & 2 != 0)
  }

  private mutating func checkEnable(_ event: Event, _ number: UInt64, _ t: Transition) {
    let its = event.owner
    let was = itsRegisters(its)
    itsControl.insert(UInt64(its)).pointee = UInt8(event.b & 1)
    guard event.b & 1 != 0, !was.isEnabled else { return }
    let enable = Finding.Link("GITS_CTLR.Enabled was set", event: number)
    if was.isBusy {
      misuse(
        .enabledBeforeQuiescent, t, place: its, "the ITS was enabled before it was quiescent",
        [.init("GITS_CTLR had last been read with Quiescent clear"), enable])
    }
    guard startsAtReset, !hasGaps else { return }
    let valid: UInt64 = 1 << 63
    if trail.last(.gits, its, RegisterOffset.gitsCBASER).map({ $0.value & valid == 0 }) ?? true {
      let queue = trail.last(.gits, its, RegisterOffset.gitsCBASER)
      misuse(
        .commandQueueNotProvided, t, place: its, "the ITS was enabled without a command queue",
        [.init("GITS_CBASER.Valid is clear", event: queue?.at.event), enable])
    }
    for n in 0..<8 as Range<UInt32> where itsTableTypes >> UInt64(n * 8) & 7 == 1 {
      let table = trail.last(.gits, its, RegisterOffset.gitsBASER + n * 8)
      guard table.map({ $0.value & valid == 0 }) ?? true else { continue }
      misuse(
        .tablesNotProvided, t, place: its << 8 | n, "the ITS was enabled without a device table",
        [.init("GITS_BASER\(n) is for devices, and its Valid is clear", event: table?.at.event), enable])
    }
  }

  mutating func itsRead(_ event: Event) {
    guard event.flags.isDisjoint(with: .refused) else { return }
    if event.offset == RegisterOffset.gitsCTLR {
      let enabled = UInt8(event.b & 1)
      itsControl.insert(UInt64(event.owner)).pointee = enabled | (enabled == 0 && event.b >> 31 & 1 == 0 ? 2 : 0)
    } else if event.size == 8 || event.offset & 4 != 0 {
      let type = (event.size == 8 ? event.b >> 56 : event.b >> 24) & 7
      let n = UInt64(event.offset - RegisterOffset.gitsBASER) / 8
      itsTableTypes = itsTableTypes & ~(7 << (n * 8)) | type << (n * 8)
    }
  }

  // MARK: Commands

  mutating func commandRead(_ event: Event, _ more: Event?, _ number: UInt64) {
    let opcode = UInt8(truncatingIfNeeded: event.a)
    switch opcode {
    case ITSOpcode.mapd:
      if let more, more.a >> 63 != 0 { deviceMappings.insert(event.a >> 32).pointee = number }
    case ITSOpcode.vmapp, ITSOpcode.vmapti, ITSOpcode.vmapi, ITSOpcode.vmovi:
      virtualCommandRead(opcode, event, more, number)
    default:
      if !ITSOpcode.all.contains(where: { $0.opcode == opcode }) { unknownCommand(opcode, event, number) }
    }
  }

  /// What the ITS read is no command: its queue holds something else than software meant to write.
  private mutating func unknownCommand(_ opcode: UInt8, _ event: Event, _ number: UInt64) {
    unknownCommandEvent = number
    let slot = commandFetched.its == event.its ? commandFetched.slot : nil
    let key = FindingLog.Key(kind: .commandError, domain: Domain.physical, reason: 0xFFFE_0000 | UInt32(event.its))
    report(key, place(event, number)) {
      var text = FindingLog.Description(
        .error, .certain,
        "the ITS read opcode \(hex(opcode))\(slot.map { " at slot \($0) of its queue" } ?? ""), which is no command",
        [
          .init(
            "GITS_CWRITER was written",
            event: trail.last(.gits, UInt32(event.its), RegisterOffset.gitsCWRITER)?.at.event),
          .init("the ITS read opcode \(hex(opcode))", event: number),
        ],
        advice:
          "check that the command is in memory before GITS_CWRITER is written: a barrier, and a cache clean if the ITS "
          + "does not snoop")
      text.isObserved = true
      return text
    }
  }

  /// What explains that a device or event has no mapping: commands, tables and their registers.
  func linksOfMapping(_ message: UInt64) -> [Finding.Link] {
    var links: [Finding.Link] = []
    let mapped = deviceMappings.find(message >> 32)?.pointee
    if let mapped { links.append(.init("MAPD had mapped device \(hex(message >> 32))", event: mapped)) }
    for n in 0..<8 as Range<UInt32> {
      guard let table = trail.last(.gits, 0, RegisterOffset.gitsBASER + n * 8), let mapped, table.at.event > mapped,
        itsTableTypes >> UInt64(n * 8) & 7 == 1 || table.value >> 56 & 7 == 1 || itsTableTypes == 0 && n == 0
      else { continue }
      let address = table.value & 0xFFFF_FFFF_F000
      let isMoved = table.beforeAt.event != .max && table.before & 0xFFFF_FFFF_F000 != address
      let text =
        isMoved
        ? "and names another table, at \(hex(address))"
        : "with the table at \(hex(address)): it may hold something else now"
      links.append(.init("GITS_BASER\(n) was written since, \(text)", event: table.at.event))
    }
    if unknownCommandEvent != .max {
      links.append(.init("the ITS had read what is no command from its queue", event: unknownCommandEvent))
    }
    return links
  }
}
