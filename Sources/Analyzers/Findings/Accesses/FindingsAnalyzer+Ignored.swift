import InterruptTrace

/// Writes without effect: refused by the device, or of registers that are RES0 as the controller is set up.
extension FindingsAnalyzer {
  /// A write that the device refused. Those of one array of registers are one finding.
  mutating func ignored(_ event: Event, _ number: UInt64) {
    let hasOwner = event.frame != .gicd && event.frame != .gits && event.frame != .translater
    let t = place(event, number, pe: hasOwner ? event.owner : PE.none)
    let first = event.offset & ~0x7F
    let key = FindingLog.Key(
      kind: .ignoredWrite, domain: t.domain, pe: t.pe, reason: UInt32(event.frame.rawValue) << 24 | first & 0xFF_FFFF)
    if repeats(key, t) { return }
    report(key, t) {
      let meant = event.frame == .gicr && event.offset < 0x1_0000 ? BankedRegister(distributor: event.offset) : nil
      let frame = event.frame == .gicr && event.offset < 0x1_0000 ? "RD_base" : event.frame.name
      let whose = hasOwner ? " of PE \(event.owner)" : ""
      var chain = [
        Finding.Link("\(hex(event.b)) was written to \(frame) + \(hex(event.offset))\(whose)", event: number)
      ]
      chain.append(.init("the device refused it: the offset is reserved, or the register cannot be written"))
      if let meant {
        chain.append(
          .init("GICR_\(meant.name) lies at SGI_base + \(hex(meant.offset)), 0x10000 above: it keeps its value"))
      }
      var text = FindingLog.Description(
        meant == nil ? .note : .warning, .certain,
        meant.map { "writes to \(frame) + \(hex(first))\(whose) were refused: GICR_\($0.name) is in the SGI frame" }
          ?? "writes to \(frame) + \(hex(first))\(whose) were refused",
        chain,
        advice: meant == nil
          ? "check which register the software meant"
          : "check the base address that the software uses for SGIs and PPIs")
      text.isObserved = true
      return text
    }
  }

  /// A write of one of the Distributor's registers for SGIs and PPIs, which are RES0 with affinity routing (IHI 0069H, 12.9).
  mutating func ignored(_ event: Event, _ number: UInt64, banked register: BankedRegister) {
    guard event.b != 0, event.offset < register.offset + 4 || register.name == "IPRIORITYR" || register.name == "ICFGR"
    else { return }
    let key = FindingLog.Key(
      kind: .ignoredWrite, domain: Domain.physical,
      reason: UInt32(Frame.gicd.rawValue) << 24 | register.offset & 0xFF_FFFF | 1)
    let t = place(event, number)
    if repeats(key, t) { return }
    report(key, t) {
      var text = FindingLog.Description(
        .note, .certain,
        "writes to GICD_\(register.name) of SGIs and PPIs had no effect: affinity routing is on",
        [
          .init("\(hex(event.b)) was written to GICD + \(hex(event.offset))", event: number),
          .init("with GICD_CTLR.ARE set, GICR_\(register.name) of each Redistributor takes its place"),
        ],
        advice: "check that SGIs and PPIs are set up at the Redistributors")
      text.isObserved = true
      return text
    }
  }

  /// `GICD_SGIR` is RES0 while affinity routing is on (IHI 0069H, 12.9.35).
  mutating func sentWithAffinityRouting(_ event: Event, _ number: UInt64) {
    let intid = UInt32(event.b & 0xF)
    let count = sentToNobody[Int(intid)].count
    sentToNobody[Int(intid)] = SentToNobody(
      count: count + 1, last: Moment(time: event.time, event: number), sender: event.pe, isIgnored: true)
    let sender = event.pe == PE.none ? "" : ", sent by PE \(event.pe),"
    report(
      .init(kind: .misrouted, domain: Domain.physical, pe: event.pe, intid: intid, reason: 4),
      place(event, number, pe: event.pe, intid: intid)
    ) {
      var text = FindingLog.Description(
        .warning, .certain,
        "\(Self.name(intid))\(sender) reached no PE: GICD_SGIR has no effect while affinity routing is on",
        [
          .init("\(hex(event.b)) was written to GICD_SGIR", event: number),
          .init(
            "GICD_CTLR.ARE is set, which makes GICD_SGIR RES0",
            event: trail.last(.gicd, 0, RegisterOffset.gicdCTLR)?.at.event),
        ],
        advice: "send SGIs with ICC_SGI1R_EL1 (IHI 0069H, \"GICD_SGIR, Software Generated Interrupt Register\")")
      text.isObserved = true
      return text
    }
  }
}
