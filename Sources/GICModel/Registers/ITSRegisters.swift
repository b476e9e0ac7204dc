import InterruptTrace

/// `GITS_*`, the control frame of an ITS (IHI 0069H, 12.19).
let itsRegisters: [RegisterDescription] = [
  .word(0x0, "GITS_CTLR", .control, "12.19", "ITS control"),
  .word(0x4, "GITS_IIDR", .implementer, "12.19", "Implementer identification", .readOnly),
  .word(0x8, "GITS_TYPER", .type, "12.19", "ITS type", .readOnly, width: 64),
  .word(0x40, "GITS_STATUSR", .status, "12.19", "Error reporting status", reset: 0),
  .word(0x80, "GITS_CBASER", .commandBase, "12.19", "Command queue base", width: 64),
  .word(0x88, "GITS_CWRITER", .commandWriter, "12.19", "Command queue write offset", width: 64),
  .word(0x90, "GITS_CREADR", .commandReader, "12.19", "Command queue read offset", .readOnly, width: 64, reset: 0),
  .word(0x100, "GITS_BASER", .tableBase, "12.19", "Translation table base", count: 8, width: 64),
  .word(0xFFD0, "GITS_ID", .identification, "12.18", "Identification registers", .readOnly, count: 12),
]

/// `GITS_SGIR`, in a frame of its own behind the translation frame; its offset from the control frame (12.18).
let virtualSGIRegisterOffset: UInt32 = 0x2_0020
