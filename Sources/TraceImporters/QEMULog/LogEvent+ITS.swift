import InterruptTrace

extension LogEvent {
  private static func command(_ opcode: UInt8, _ text: String) -> LogEvent {
    LogEvent(
      "gicv3_its_cmd_\(ITSOpcode.name(opcode).lowercased())", "GICv3 ITS: command \(text)", .command,
      operand: UInt16(opcode))
  }

  private static func table(_ name: String, _ text: String, _ action: Action, _ table: ITSTable) -> LogEvent {
    LogEvent("gicv3_its_\(name)", "GICv3 ITS: \(text)", action, operand: UInt16(table.rawValue))
  }

  private static let cte = "valid {d} RDBase 0x{x}"
  private static let ite = "valid {d} inttype {d} intid 0x{x} ICID 0x{x} vPEID 0x{x} doorbell 0x{x}"
  private static let dte = "valid {d} size 0x{x} ITTaddr 0x{x}"
  private static let vte = "valid {d} VPTsize 0x{x} VPTaddr 0x{x} RDbase 0x{x}"

  /// The ITS: its registers, its commands and its tables. Which ITS is not shown.
  static let its: [LogEvent] = [
    LogEvent("gicv3_its_read", "GICv3 ITS read: offset 0x{x} data 0x{x} size {d}", .itsRead),
    LogEvent("gicv3_its_badread", "GICv3 ITS read: offset 0x{x} size {d}: error", .itsBadRead),
    LogEvent("gicv3_its_write", "GICv3 ITS write: offset 0x{x} data 0x{x} size {d}", .itsWrite),
    LogEvent("gicv3_its_badwrite", "GICv3 ITS write: offset 0x{x} data 0x{x} size {d}: error", .itsBadWrite),
    LogEvent(
      "gicv3_its_translation_write", "GICv3 ITS TRANSLATER write: offset 0x{x} data 0x{x} size {d} requester_id 0x{x}",
      .translation),
    LogEvent("gicv3_its_process_command", "GICv3 ITS: processing command at offset 0x{x}: 0x{x}", .processCommand),

    command(ITSOpcode.movi, "MOVI DeviceID 0x{x} EventID 0x{x} ICID 0x{x}"),
    command(ITSOpcode.int, "INT DeviceID 0x{x} EventID 0x{x}"),
    command(ITSOpcode.clear, "CLEAR DeviceID 0x{x} EventID 0x{x}"),
    command(ITSOpcode.sync, "SYNC"),
    command(ITSOpcode.mapd, "MAPD DeviceID 0x{x} Size 0x{x} ITT_addr 0x{x} V {d}"),
    command(ITSOpcode.mapc, "MAPC ICID 0x{x} RDbase 0x{x} V {d}"),
    command(ITSOpcode.mapti, "MAPTI DeviceID 0x{x} EventID 0x{x} ICID 0x{x} pINTID 0x{x}"),
    command(ITSOpcode.mapi, "MAPI DeviceID 0x{x} EventID 0x{x} ICID 0x{x}"),
    command(ITSOpcode.inv, "INV DeviceID 0x{x} EventID 0x{x}"),
    command(ITSOpcode.invall, "INVALL"),
    command(ITSOpcode.movall, "MOVALL RDbase1 0x{x} RDbase2 0x{x}"),
    command(ITSOpcode.discard, "DISCARD DeviceID 0x{x} EventID 0x{x}"),
    command(ITSOpcode.vmovi, "VMOVI DeviceID 0x{x} EventID 0x{x} vPEID 0x{x} D {d} Dbell_pINTID 0x{x}"),
    command(ITSOpcode.vmovp, "VMOVP vPEID 0x{x} RDbase 0x{x}"),
    command(ITSOpcode.vsync, "VSYNC"),
    command(ITSOpcode.vmapp, "VMAPP vPEID 0x{x} RDbase 0x{x} V {d} VPT_addr 0x{x} VPT_size 0x{x}"),
    // The text of VMAPTI says VMAPI too: only the event's name and the vINTID tell them apart.
    command(ITSOpcode.vmapti, "VMAPI DeviceID 0x{x} EventID 0x{x} vPEID 0x{x} vINTID 0x{x} Dbell_pINTID 0x{x}"),
    command(ITSOpcode.vmapi, "VMAPI DeviceID 0x{x} EventID 0x{x} vPEID 0x{x} Dbell_pINTID 0x{x}"),
    command(ITSOpcode.vinvall, "VINVALL vPEID 0x{x}"),
    LogEvent("gicv3_its_cmd_unknown", "GICv3 ITS: unknown command 0x{x}", .unknownCommand),

    table("cte_read", "Collection Table read for ICID 0x{x}: \(cte)", .tableRead, .collection),
    table("cte_write", "Collection Table write for ICID 0x{x}: \(cte)", .tableWrite, .collection),
    table("cte_read_fault", "Collection Table read for ICID 0x{x}: faulted", .tableFault, .collection),
    table(
      "ite_read", "Interrupt Table read for ITTaddr 0x{x} EventID 0x{x}: \(ite)", .tableRead, .interruptTranslation),
    table(
      "ite_write", "Interrupt Table write for ITTaddr 0x{x} EventID 0x{x}: \(ite)", .tableWrite, .interruptTranslation),
    table(
      "ite_read_fault", "Interrupt Table read for ITTaddr 0x{x} EventID 0x{x}: faulted", .tableFault,
      .interruptTranslation),
    table("dte_read", "Device Table read for DeviceID 0x{x}: \(dte)", .tableRead, .device),
    table("dte_write", "Device Table write for DeviceID 0x{x}: \(dte)", .tableWrite, .device),
    table("dte_read_fault", "Device Table read for DeviceID 0x{x}: faulted", .tableFault, .device),
    table("vte_read", "vPE Table read for vPEID 0x{x}: \(vte)", .tableRead, .vPE),
    table("vte_read_fault", "vPE Table read for vPEID 0x{x}: faulted", .tableFault, .vPE),
    table("vte_write", "vPE Table write for vPEID 0x{x}: \(vte)", .tableWrite, .vPE),
  ]
}
