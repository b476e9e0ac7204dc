import InterruptTrace

/// `GITS_*`, the control frame of an ITS (IHI 0069H, 12.19).
let itsRegisters: [RegisterDescription] = [
  .init("GITS_CTLR", .control, .gits, at: 0x0, section: "12.19.5", "ITS control"),
  .init("GITS_IIDR", .implementer, .gits, at: 0x4, access: .readOnly, section: "12.19.7", "Implementer identification"),
  .init(
    "GITS_TYPER", .type, .gits, at: 0x8, width: 64, sizes: [4, 8], access: .readOnly, section: "12.19.12", "ITS type"),
  .init(
    "GITS_STATUSR", .status, .gits, at: 0x40, access: .readWrite, reset: 0, section: "12.19.10",
    "Error reporting status"),
  .init(
    "GITS_CBASER", .commandBase, .gits, at: 0x80, width: 64, sizes: [4, 8], section: "12.19.2", "Command queue base"),
  .init(
    "GITS_CWRITER", .commandWriter, .gits, at: 0x88, width: 64, sizes: [4, 8], section: "12.19.6",
    "Command queue write offset"),
  .init(
    "GITS_CREADR", .commandReader, .gits, at: 0x90, width: 64, sizes: [4, 8], access: .readOnly, reset: 0,
    section: "12.19.4", "Command queue read offset"),
  .init(
    "GITS_BASER", .tableBase, .gits, at: 0x100, stride: 8, count: 8, width: 64, sizes: [4, 8], section: "12.19.1",
    "Translation table base"),
  .init(
    "GITS_ID", .identification, .gits, at: 0xFFD0, count: 12, access: .readOnly, section: "12.19.13",
    "Identification registers"),
]
