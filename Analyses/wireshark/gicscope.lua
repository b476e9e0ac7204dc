-- A Wireshark dissector for gicscope's native files (.pcap.lz4): names each event, its register and its interrupt, and
-- makes every field something to filter by.
--
--   tshark -X lua_script:Analyses/wireshark/gicscope.lua -r capture.pcap.lz4
--   tshark -X lua_script:Analyses/wireshark/gicscope.lua -r capture.pcap.lz4 -Y 'gic.intid == 8200'
--   tshark -X lua_script:Analyses/wireshark/gicscope.lua -r capture.pcap.lz4 -Y 'gic.register == "GICD_ISENABLER1"'
--
-- Or copy it to Wireshark's plugin folder. The tables of kinds and registers are gicscope's own; a test keeps them so.

local gic = Proto("gic", "ARM Generic Interrupt Controller event")

local frames = {
  [1] = "GICD", [2] = "GICR", [3] = "GITS", [4] = "GITS_TRANSLATER", [5] = "GICC", [6] = "GICV", [7] = "GICH", [8] = "MSI",
}

-- kind = { name, { field, word, lowest bit, width, style }, ... }
local kinds = {
-- BEGIN kinds
  [1] = { "mmioRead", { "frame", "a", 32, 8, "frame" }, { "owner", "a", 40, 24, "decimal" }, { "offset", "a", 0, 32, "hex" }, { "value", "b", 0, 64, "hex" }, { "size", "flags", 0, 2, "size" }, { "secure", "flags", 2, 1, "flag" }, { "securityShown", "flags", 3, 1, "flag" }, { "refused", "flags", 4, 1, "flag" }, { "incomplete", "flags", 5, 1, "flag" } },
  [2] = { "mmioWrite", { "frame", "a", 32, 8, "frame" }, { "owner", "a", 40, 24, "decimal" }, { "offset", "a", 0, 32, "hex" }, { "value", "b", 0, 64, "hex" }, { "size", "flags", 0, 2, "size" }, { "secure", "flags", 2, 1, "flag" }, { "securityShown", "flags", 3, 1, "flag" }, { "refused", "flags", 4, 1, "flag" }, { "incomplete", "flags", 5, 1, "flag" } },
  [3] = { "sysregRead", { "register", "a", 0, 16, "register" }, { "value", "b", 0, 64, "hex" }, { "size", "flags", 0, 2, "size" }, { "secure", "flags", 2, 1, "flag" }, { "securityShown", "flags", 3, 1, "flag" }, { "refused", "flags", 4, 1, "flag" }, { "incomplete", "flags", 5, 1, "flag" } },
  [4] = { "sysregWrite", { "register", "a", 0, 16, "register" }, { "value", "b", 0, 64, "hex" }, { "size", "flags", 0, 2, "size" }, { "secure", "flags", 2, 1, "flag" }, { "securityShown", "flags", 3, 1, "flag" }, { "refused", "flags", 4, 1, "flag" }, { "incomplete", "flags", 5, 1, "flag" } },
  [5] = { "lineLevel", { "intid", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" } },
  [6] = { "msi", { "deviceID", "a", 32, 32, "hex" }, { "eventID", "a", 0, 32, "hex" }, { "instance", "b", 0, 32, "decimal" }, { "frame", "b", 32, 8, "frame" }, { "refused", "flags", 4, 1, "flag" }, { "cachedTranslation", "flags", 0, 1, "flag" } },
  [7] = { "itsCommand", { "opcode", "a", 0, 8, "hex" }, { "dw0", "a", 0, 64, "hex" }, { "dw1", "b", 0, 64, "hex" }, { "dw2", "moreA", 0, 64, "hex" }, { "dw3", "moreB", 0, 64, "hex" }, { "its", "flags", 4, 4, "decimal" }, { "operandsHidden", "flags", 0, 1, "flag" } },
  [8] = { "memoryWrite", { "address", "a", 0, 64, "hex" }, { "value", "b", 0, 64, "hex" }, { "size", "flags", 0, 2, "size" } },
  [9] = { "sgiPending", { "intid", "a", 0, 32, "decimal" }, { "source", "b", 0, 32, "decimal" } },
  [32] = { "cpuLine", { "irq", "a", 0, 1, "decimal" }, { "fiq", "a", 1, 1, "decimal" }, { "virq", "a", 2, 1, "decimal" }, { "vfiq", "a", 3, 1, "decimal" }, { "nmi", "a", 4, 1, "decimal" }, { "shown", "b", 0, 5, "hex" }, { "incomplete", "flags", 5, 1, "flag" } },
  [33] = { "maintenanceLine", { "level", "a", 0, 1, "decimal" } },
  [34] = { "highestPending", { "intid", "a", 0, 32, "decimal" }, { "priority", "a", 32, 16, "decimal" }, { "group", "a", 48, 4, "decimal" }, { "priorityMask", "b", 0, 16, "decimal" }, { "runningPriority", "b", 16, 16, "decimal" }, { "virtual", "flags", 0, 1, "flag" }, { "maskShown", "flags", 1, 1, "flag" }, { "groupShown", "flags", 2, 1, "flag" }, { "incomplete", "flags", 5, 1, "flag" } },
  [35] = { "tableEntry", { "table", "flags", 0, 2, "decimal" }, { "write", "flags", 2, 1, "flag" }, { "fault", "flags", 3, 1, "flag" }, { "its", "flags", 4, 4, "decimal" }, { "a", "a", 0, 64, "hex" }, { "b", "b", 0, 64, "hex" }, { "moreA", "moreA", 0, 64, "hex" }, { "moreB", "moreB", 0, 64, "hex" } },
  [36] = { "acknowledge", { "intid", "a", 0, 32, "decimal" }, { "frame", "b", 0, 8, "frame" } },
  [37] = { "listRegister", { "index", "a", 0, 8, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [38] = { "exceptionEntry", { "type", "a", 0, 8, "decimal" }, { "fromEL", "a", 8, 4, "decimal" }, { "toEL", "a", 12, 4, "decimal" }, { "syndrome", "b", 0, 64, "hex" } },
  [39] = { "exceptionReturn", { "fromEL", "a", 8, 4, "decimal" }, { "toEL", "a", 12, 4, "decimal" }, { "pc", "b", 0, 64, "hex" } },
  [40] = { "itsProcess", { "index", "a", 0, 64, "decimal" }, { "opcode", "b", 0, 8, "hex" }, { "its", "flags", 4, 4, "decimal" } },
  [41] = { "enableChange", { "intid", "a", 0, 32, "decimal" }, { "enabled", "b", 0, 1, "decimal" } },
  [42] = { "virtualHighestPending", { "listRegister", "a", 0, 32, "decimal" }, { "vlpi", "b", 0, 32, "decimal" }, { "priority", "b", 32, 16, "decimal" }, { "group", "b", 48, 4, "decimal" } },
  [64] = { "guestEnter", { "cpu", "a", 32, 32, "decimal" }, { "pc", "b", 0, 64, "hex" } },
  [65] = { "guestExit", { "reason", "a", 0, 16, "decimal" }, { "exceptionClass", "a", 16, 16, "hex" }, { "cpu", "a", 32, 32, "decimal" }, { "pc", "b", 0, 64, "hex" } },
  [66] = { "inject", { "intid", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [67] = { "routeSet", { "gsi", "a", 0, 32, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [68] = { "lrWrite", { "index", "a", 0, 8, "decimal" }, { "value", "b", 0, 64, "hex" }, { "thread", "a", 32, 32, "decimal" } },
  [69] = { "lrRead", { "index", "a", 0, 8, "decimal" }, { "value", "b", 0, 64, "hex" }, { "thread", "a", 32, 32, "decimal" } },
  [70] = { "ackNotify", { "intid", "a", 0, 32, "decimal" }, { "irqchip", "b", 0, 32, "decimal" } },
  [71] = { "vcpuLoad", { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [72] = { "vcpuPut", { "runnable", "b", 0, 1, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [73] = { "irqLine", { "intid", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "type", "b", 8, 8, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [74] = { "gsiSet", { "gsi", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "source", "b", 8, 16, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [75] = { "timerLine", { "intid", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [76] = { "timerSave", { "timer", "b", 32, 8, "decimal" }, { "control", "b", 0, 32, "hex" }, { "compare", "a", 0, 64, "hex" } },
  [77] = { "timerRestore", { "timer", "b", 32, 8, "decimal" }, { "control", "b", 0, 32, "hex" }, { "compare", "a", 0, 64, "hex" } },
  [78] = { "timerMap", { "directVirtual", "a", 0, 8, "decimal" }, { "directPhysical", "a", 8, 8, "decimal" }, { "emulatedVirtual", "a", 16, 8, "decimal" }, { "emulatedPhysical", "a", 24, 8, "decimal" } },
  [79] = { "timerExpire", { "timer", "a", 0, 8, "decimal" }, { "cpu", "a", 32, 32, "decimal" } },
  [80] = { "timerEmulate", { "timer", "a", 0, 8, "decimal" }, { "fires", "b", 0, 1, "decimal" } },
  [81] = { "vcpuWakeup", { "duration", "a", 0, 64, "decimal" }, { "slept", "b", 0, 1, "decimal" }, { "valid", "b", 1, 1, "decimal" } },
  [82] = { "haltPoll", { "duration", "a", 0, 32, "decimal" }, { "before", "b", 0, 32, "decimal" } },
  [83] = { "wfx", { "wfe", "flags", 0, 1, "flag" }, { "pc", "b", 0, 64, "hex" }, { "incomplete", "flags", 5, 1, "flag" } },
  [84] = { "hypercall", { "function", "a", 0, 64, "hex" }, { "pc", "b", 0, 64, "hex" }, { "immediate", "flags", 0, 8, "decimal" } },
  [85] = { "guestFault", { "address", "a", 0, 64, "hex" }, { "syndrome", "b", 0, 64, "hex" } },
  [86] = { "userspaceExit", { "reason", "a", 0, 32, "decimal" } },
  [87] = { "sysregTrap", { "syndrome", "a", 0, 64, "hex" }, { "incomplete", "flags", 5, 1, "flag" } },
  [88] = { "vcpuThread", { "thread", "a", 0, 32, "decimal" }, { "evidence", "b", 0, 8, "decimal" } },
  [89] = { "vgicStep", { "step", "a", 0, 16, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [90] = { "msiResult", { "result", "a", 0, 32, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [91] = { "vcpuKick", { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [92] = { "vcpuWaking", { "target", "a", 0, 32, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [96] = { "handlerEnter", { "irq", "a", 0, 32, "decimal" }, { "intid", "a", 32, 32, "decimal" }, { "intidKnown", "flags", 0, 1, "flag" }, { "name", "b", 0, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" }, { "threadKnown", "flags", 1, 1, "flag" } },
  [97] = { "handlerExit", { "irq", "a", 0, 32, "decimal" }, { "intid", "a", 32, 32, "decimal" }, { "intidKnown", "flags", 0, 1, "flag" }, { "handled", "b", 0, 1, "decimal" } },
  [98] = { "softirqRaise", { "vector", "a", 0, 32, "decimal" } },
  [99] = { "softirqEnter", { "vector", "a", 0, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" }, { "threadKnown", "flags", 1, 1, "flag" } },
  [100] = { "softirqExit", { "vector", "a", 0, 32, "decimal" } },
  [101] = { "ipiSend", { "reason", "a", 0, 32, "decimal" }, { "firstTarget", "a", 32, 32, "decimal" }, { "targets", "b", 0, 64, "hex" } },
  [102] = { "ipiEnter", { "reason", "a", 0, 32, "decimal" }, { "idle", "a", 32, 32, "decimal" }, { "awake", "b", 0, 32, "decimal" }, { "idleKnown", "flags", 2, 1, "flag" }, { "thread", "b", 32, 32, "decimal" }, { "threadKnown", "flags", 1, 1, "flag" } },
  [103] = { "ipiExit", { "reason", "a", 0, 32, "decimal" } },
  [104] = { "schedWakeup", { "target", "a", 0, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [105] = { "schedSwitch", { "from", "a", 0, 32, "decimal" }, { "to", "a", 32, 32, "decimal" }, { "runnable", "b", 0, 1, "decimal" } },
  [224] = { "gap", { "lost", "a", 0, 64, "decimal" }, { "reason", "b", 0, 64, "decimal" } },
  [225] = { "topology", { "key", "a", 0, 16, "decimal" }, { "index", "a", 16, 32, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [226] = { "marker", { "kind", "a", 0, 16, "decimal" }, { "length", "a", 16, 16, "decimal" }, { "number", "a", 32, 32, "decimal" }, { "line", "b", 0, 64, "decimal" } },
  [227] = { "packet", { "length", "a", 0, 32, "decimal" }, { "interface", "b", 0, 32, "decimal" } },
  [255] = { "continuation", { "a", "a", 0, 64, "hex" }, { "b", "b", 0, 64, "hex" } },
-- END kinds
}

-- Memory-mapped registers: frame = { { name, offset, stride, number of registers, first index }, ... }
local maps = {
-- BEGIN maps
  [1] = {
    { "GICD_CTLR", 0, 4, 1, 0 },
    { "GICD_TYPER", 4, 4, 1, 0 },
    { "GICD_IIDR", 8, 4, 1, 0 },
    { "GICD_TYPER2", 12, 4, 1, 0 },
    { "GICD_STATUSR", 16, 4, 1, 0 },
    { "GICD_SETSPI_NSR", 64, 4, 1, 0 },
    { "GICD_CLRSPI_NSR", 72, 4, 1, 0 },
    { "GICD_SETSPI_SR", 80, 4, 1, 0 },
    { "GICD_CLRSPI_SR", 88, 4, 1, 0 },
    { "GICD_IGROUPR", 128, 4, 32, 0 },
    { "GICD_ISENABLER", 256, 4, 32, 0 },
    { "GICD_ICENABLER", 384, 4, 32, 0 },
    { "GICD_ISPENDR", 512, 4, 32, 0 },
    { "GICD_ICPENDR", 640, 4, 32, 0 },
    { "GICD_ISACTIVER", 768, 4, 32, 0 },
    { "GICD_ICACTIVER", 896, 4, 32, 0 },
    { "GICD_IPRIORITYR", 1024, 4, 255, 0 },
    { "GICD_ITARGETSR", 2048, 4, 255, 0 },
    { "GICD_ICFGR", 3072, 4, 64, 0 },
    { "GICD_IGRPMODR", 3328, 4, 32, 0 },
    { "GICD_NSACR", 3584, 4, 64, 0 },
    { "GICD_SGIR", 3840, 4, 1, 0 },
    { "GICD_CPENDSGIR", 3856, 4, 4, 0 },
    { "GICD_SPENDSGIR", 3872, 4, 4, 0 },
    { "GICD_INMIR", 3968, 4, 32, 0 },
    { "GICD_IROUTER", 24832, 8, 988, 32 },
    { "GICD_ID", 65488, 4, 12, 0 },
  },
  [2] = {
    { "GICR_CTLR", 0, 4, 1, 0 },
    { "GICR_IIDR", 4, 4, 1, 0 },
    { "GICR_TYPER", 8, 4, 1, 0 },
    { "GICR_STATUSR", 16, 4, 1, 0 },
    { "GICR_WAKER", 20, 4, 1, 0 },
    { "GICR_SETLPIR", 64, 4, 1, 0 },
    { "GICR_CLRLPIR", 72, 4, 1, 0 },
    { "GICR_PROPBASER", 112, 4, 1, 0 },
    { "GICR_PENDBASER", 120, 4, 1, 0 },
    { "GICR_INVLPIR", 160, 4, 1, 0 },
    { "GICR_INVALLR", 176, 4, 1, 0 },
    { "GICR_SYNCR", 192, 4, 1, 0 },
    { "GICR_ID", 65488, 4, 12, 0 },
    { "GICR_IGROUPR", 65664, 4, 3, 0 },
    { "GICR_ISENABLER", 65792, 4, 3, 0 },
    { "GICR_ICENABLER", 65920, 4, 3, 0 },
    { "GICR_ISPENDR", 66048, 4, 3, 0 },
    { "GICR_ICPENDR", 66176, 4, 3, 0 },
    { "GICR_ISACTIVER", 66304, 4, 3, 0 },
    { "GICR_ICACTIVER", 66432, 4, 3, 0 },
    { "GICR_IPRIORITYR", 66560, 4, 24, 0 },
    { "GICR_ICFGR", 68608, 4, 6, 0 },
    { "GICR_IGRPMODR", 68864, 4, 3, 0 },
    { "GICR_NSACR", 69120, 4, 1, 0 },
    { "GICR_INMIR", 69504, 4, 3, 0 },
    { "GICR_VPROPBASER", 131184, 4, 1, 0 },
    { "GICR_VPENDBASER", 131192, 4, 1, 0 },
    { "GICR_VSGIR", 131200, 4, 1, 0 },
    { "GICR_VSGIPENDR", 131208, 4, 1, 0 },
  },
  [3] = {
    { "GITS_CTLR", 0, 4, 1, 0 },
    { "GITS_IIDR", 4, 4, 1, 0 },
    { "GITS_TYPER", 8, 4, 1, 0 },
    { "GITS_STATUSR", 64, 4, 1, 0 },
    { "GITS_CBASER", 128, 4, 1, 0 },
    { "GITS_CWRITER", 136, 4, 1, 0 },
    { "GITS_CREADR", 144, 4, 1, 0 },
    { "GITS_BASER", 256, 8, 8, 0 },
    { "GITS_ID", 65488, 4, 12, 0 },
  },
  [5] = {
    { "GICC_CTLR", 0, 4, 1, 0 },
    { "GICC_PMR", 4, 4, 1, 0 },
    { "GICC_BPR", 8, 4, 1, 0 },
    { "GICC_IAR", 12, 4, 1, 0 },
    { "GICC_EOIR", 16, 4, 1, 0 },
    { "GICC_RPR", 20, 4, 1, 0 },
    { "GICC_HPPIR", 24, 4, 1, 0 },
    { "GICC_ABPR", 28, 4, 1, 0 },
    { "GICC_AIAR", 32, 4, 1, 0 },
    { "GICC_AEOIR", 36, 4, 1, 0 },
    { "GICC_AHPPIR", 40, 4, 1, 0 },
    { "GICC_APR", 208, 4, 4, 0 },
    { "GICC_NSAPR", 224, 4, 4, 0 },
    { "GICC_IIDR", 252, 4, 1, 0 },
    { "GICC_DIR", 4096, 4, 1, 0 },
  },
  [6] = {
    { "GICV_CTLR", 0, 4, 1, 0 },
    { "GICV_PMR", 4, 4, 1, 0 },
    { "GICV_BPR", 8, 4, 1, 0 },
    { "GICV_IAR", 12, 4, 1, 0 },
    { "GICV_EOIR", 16, 4, 1, 0 },
    { "GICV_RPR", 20, 4, 1, 0 },
    { "GICV_HPPIR", 24, 4, 1, 0 },
    { "GICV_ABPR", 28, 4, 1, 0 },
    { "GICV_AIAR", 32, 4, 1, 0 },
    { "GICV_AEOIR", 36, 4, 1, 0 },
    { "GICV_AHPPIR", 40, 4, 1, 0 },
    { "GICV_APR", 208, 4, 4, 0 },
    { "GICV_IIDR", 252, 4, 1, 0 },
    { "GICV_DIR", 4096, 4, 1, 0 },
  },
  [7] = {
    { "GICH_HCR", 0, 4, 1, 0 },
    { "GICH_VTR", 4, 4, 1, 0 },
    { "GICH_VMCR", 8, 4, 1, 0 },
    { "GICH_MISR", 16, 4, 1, 0 },
    { "GICH_EISR", 32, 4, 2, 0 },
    { "GICH_ELRSR", 48, 4, 2, 0 },
    { "GICH_APR", 240, 4, 1, 0 },
    { "GICH_LR", 256, 4, 64, 0 },
  },
-- END maps
}

-- System registers by their number in the file.
local systemRegisters = {
-- BEGIN systemRegisters
  [0] = "ICC_IAR0_EL1",
  [1] = "ICC_IAR1_EL1",
  [2] = "ICC_EOIR0_EL1",
  [3] = "ICC_EOIR1_EL1",
  [4] = "ICC_HPPIR0_EL1",
  [5] = "ICC_HPPIR1_EL1",
  [6] = "ICC_DIR_EL1",
  [7] = "ICC_RPR_EL1",
  [8] = "ICC_PMR_EL1",
  [9] = "ICC_BPR0_EL1",
  [10] = "ICC_BPR1_EL1",
  [11] = "ICC_CTLR_EL1",
  [12] = "ICC_IGRPEN0_EL1",
  [13] = "ICC_IGRPEN1_EL1",
  [14] = "ICC_NMIAR1_EL1",
  [16] = "ICC_AP0R0_EL1",
  [17] = "ICC_AP0R1_EL1",
  [18] = "ICC_AP0R2_EL1",
  [19] = "ICC_AP0R3_EL1",
  [20] = "ICC_AP1R0_EL1",
  [21] = "ICC_AP1R1_EL1",
  [22] = "ICC_AP1R2_EL1",
  [23] = "ICC_AP1R3_EL1",
  [24] = "ICC_SGI0R_EL1",
  [25] = "ICC_SGI1R_EL1",
  [26] = "ICC_ASGI1R_EL1",
  [27] = "ICC_SRE_EL1",
  [28] = "ICC_SRE_EL2",
  [29] = "ICC_SRE_EL3",
  [30] = "ICC_CTLR_EL3",
  [31] = "ICC_IGRPEN1_EL3",
  [64] = "ICV_IAR0_EL1",
  [65] = "ICV_IAR1_EL1",
  [66] = "ICV_EOIR0_EL1",
  [67] = "ICV_EOIR1_EL1",
  [68] = "ICV_HPPIR0_EL1",
  [69] = "ICV_HPPIR1_EL1",
  [70] = "ICV_DIR_EL1",
  [71] = "ICV_RPR_EL1",
  [72] = "ICV_PMR_EL1",
  [73] = "ICV_BPR0_EL1",
  [74] = "ICV_BPR1_EL1",
  [75] = "ICV_CTLR_EL1",
  [76] = "ICV_IGRPEN0_EL1",
  [77] = "ICV_IGRPEN1_EL1",
  [78] = "ICV_NMIAR1_EL1",
  [80] = "ICV_AP0R0_EL1",
  [81] = "ICV_AP0R1_EL1",
  [82] = "ICV_AP0R2_EL1",
  [83] = "ICV_AP0R3_EL1",
  [84] = "ICV_AP1R0_EL1",
  [85] = "ICV_AP1R1_EL1",
  [86] = "ICV_AP1R2_EL1",
  [87] = "ICV_AP1R3_EL1",
  [128] = "ICH_HCR_EL2",
  [129] = "ICH_VTR_EL2",
  [130] = "ICH_MISR_EL2",
  [131] = "ICH_EISR_EL2",
  [132] = "ICH_ELRSR_EL2",
  [133] = "ICH_VMCR_EL2",
  [136] = "ICH_AP0R0_EL2",
  [137] = "ICH_AP0R1_EL2",
  [138] = "ICH_AP0R2_EL2",
  [139] = "ICH_AP0R3_EL2",
  [140] = "ICH_AP1R0_EL2",
  [141] = "ICH_AP1R1_EL2",
  [142] = "ICH_AP1R2_EL2",
  [143] = "ICH_AP1R3_EL2",
  [144] = "ICH_LR0_EL2",
  [145] = "ICH_LR1_EL2",
  [146] = "ICH_LR2_EL2",
  [147] = "ICH_LR3_EL2",
  [148] = "ICH_LR4_EL2",
  [149] = "ICH_LR5_EL2",
  [150] = "ICH_LR6_EL2",
  [151] = "ICH_LR7_EL2",
  [152] = "ICH_LR8_EL2",
  [153] = "ICH_LR9_EL2",
  [154] = "ICH_LR10_EL2",
  [155] = "ICH_LR11_EL2",
  [156] = "ICH_LR12_EL2",
  [157] = "ICH_LR13_EL2",
  [158] = "ICH_LR14_EL2",
  [159] = "ICH_LR15_EL2",
  [160] = "ICH_LR0",
  [161] = "ICH_LR1",
  [162] = "ICH_LR2",
  [163] = "ICH_LR3",
  [164] = "ICH_LR4",
  [165] = "ICH_LR5",
  [166] = "ICH_LR6",
  [167] = "ICH_LR7",
  [168] = "ICH_LR8",
  [169] = "ICH_LR9",
  [170] = "ICH_LR10",
  [171] = "ICH_LR11",
  [172] = "ICH_LR12",
  [173] = "ICH_LR13",
  [174] = "ICH_LR14",
  [175] = "ICH_LR15",
  [176] = "ICH_LRC0",
  [177] = "ICH_LRC1",
  [178] = "ICH_LRC2",
  [179] = "ICH_LRC3",
  [180] = "ICH_LRC4",
  [181] = "ICH_LRC5",
  [182] = "ICH_LRC6",
  [183] = "ICH_LRC7",
  [184] = "ICH_LRC8",
  [185] = "ICH_LRC9",
  [186] = "ICH_LRC10",
  [187] = "ICH_LRC11",
  [188] = "ICH_LRC12",
  [189] = "ICH_LRC13",
  [190] = "ICH_LRC14",
  [191] = "ICH_LRC15",
-- END systemRegisters
}

-- System registers whose value is an INTID.
local namesINTID = {
  ICC_IAR0_EL1 = true, ICC_IAR1_EL1 = true, ICC_NMIAR1_EL1 = true, ICC_EOIR0_EL1 = true, ICC_EOIR1_EL1 = true,
  ICC_DIR_EL1 = true,
}

local register = {}
for frame, rows in pairs(maps) do
  register[frame] = {}
  for _, row in ipairs(rows) do
    for i = 0, row[4] - 1 do
      register[frame][row[2] + i * row[3]] = row[4] > 1 and row[1] .. (row[5] + i) or row[1]
    end
  end
end

local fields = {
  kind = ProtoField.string("gic.kind", "Kind"),
  flags = ProtoField.uint8("gic.flags", "Flags", base.HEX),
  domain = ProtoField.uint16("gic.domain", "Domain"),
  pe = ProtoField.uint32("gic.pe", "PE"),
  a = ProtoField.uint64("gic.a", "First operand", base.HEX),
  b = ProtoField.uint64("gic.b", "Second operand", base.HEX),
  register = ProtoField.string("gic.register", "Register"),
  class = ProtoField.string("gic.class", "Class of interrupt"),
  address = ProtoField.uint64("gic.address", "Address", base.HEX),
}
for _, kind in pairs(kinds) do
  for i = 2, #kind do
    local name, style = kind[i][1], kind[i][5]
    if kind[1] == "marker" and name == "kind" then name = "markerKind"; kind[i][1] = name end
    if not fields[name] then
      if style == "flag" then
        fields[name] = ProtoField.bool("gic." .. name, name)
      elseif style == "frame" then
        fields[name] = ProtoField.string("gic." .. name, name)
      else
        fields[name] = ProtoField.uint64("gic." .. name, name, style == "hex" and base.HEX or base.DEC)
      end
    end
  end
end
local list = {}
for _, field in pairs(fields) do list[#list + 1] = field end
gic.fields = list

-- Some bits of a word, as a UInt64.
local function bits(word, low, width)
  local value = word:rshift(low)
  if width < 64 then value = value:band(UInt64(1, 0):lshift(width) - UInt64(1, 0)) end
  return value
end

local function text(value, style)
  if style == "hex" then
    return "0x" .. (value:tohex():gsub("^0+(%x)", "%1"))
  elseif style == "frame" then
    return frames[value:tonumber()] or tostring(value)
  elseif style == "size" then
    return tostring(2 ^ value:tonumber()):gsub("%.0$", "")
  end
  return tostring(value)
end

local function class(intid)
  if intid < 16 then return "SGI" end
  if intid < 32 or (intid >= 1056 and intid < 1120) then return "PPI" end
  if intid >= 8192 then return "LPI" end
  if intid < 1020 or (intid >= 4096 and intid < 5120) then return "SPI" end
  return "special"
end

-- The kind of record that a continuation belongs to, by packet number.
local continues = {}
local last = nil

function gic.init()
  continues = {}
  last = nil
end

local function addINTID(tree, range, intid, info, withValue)
  if withValue then tree:add(fields.intid, range, UInt64(intid, 0)) end
  if intid > 0xffffff then return end
  tree:add(fields.class, range, class(intid))
  info[#info + 1] = "(" .. class(intid) .. " " .. intid .. ")"
end

local function addField(tree, range, field, value, info)
  local name, style = field[1], field[5]
  if style == "flag" then
    local isSet = value:tonumber() ~= 0
    tree:add(fields[name], range, isSet)
    if isSet then info[#info + 1] = name end
    return
  end
  if style == "register" then
    local register = systemRegisters[value:tonumber()] or ("register " .. tostring(value))
    tree:add(fields.register, range, register)
    info[#info + 1] = register
    return register
  end
  if style == "frame" then
    tree:add(fields[name], range, text(value, style))
  elseif style == "size" then
    tree:add(fields[name], range, UInt64(2 ^ value:tonumber(), 0))
  elseif name ~= "a" and name ~= "b" then
    tree:add(fields[name], range, value)
  end
  info[#info + 1] = name .. "=" .. text(value, style)
  if name == "intid" then addINTID(tree, range, value:tonumber(), info, false) end
end

function gic.dissector(buffer, packet, root)
  if buffer:len() ~= 24 then return 0 end
  local number = buffer(0, 1):uint()
  local kind = kinds[number] or { "kind" .. number }
  local isContinuation = number == 255
  if not packet.visited then
    if isContinuation then continues[packet.number] = last else last = number end
  end
  local words = { flags = UInt64(buffer(1, 1):uint(), 0), a = buffer(8, 8):le_uint64(), b = buffer(16, 8):le_uint64() }
  local ranges = { flags = buffer(1, 1), a = buffer(8, 8), b = buffer(16, 8) }
  local tree = root:add(gic, buffer(), "GIC event: " .. kind[1])
  tree:add(fields.kind, buffer(0, 1), kind[1])
  tree:add(fields.flags, buffer(1, 1))
  tree:add_le(fields.domain, buffer(2, 2))
  local pe = buffer(4, 4):le_uint()
  if pe ~= 0xffffffff then tree:add_le(fields.pe, buffer(4, 4)) end
  tree:add_le(fields.a, buffer(8, 8))
  tree:add_le(fields.b, buffer(16, 8))

  local info = { kind[1] }
  if pe ~= 0xffffffff then info[#info + 1] = "PE " .. pe end
  if isContinuation then
    -- The fields that stand here belong to the record before.
    local first = kinds[continues[packet.number]]
    words = { moreA = words.a, moreB = words.b }
    ranges = { moreA = ranges.a, moreB = ranges.b }
    if first then
      info[#info + 1] = "of " .. first[1]
      kind = first
    end
  end
  local isAccess = number == 1 or number == 2
  local isAbsolute = isAccess and words.flags:band(UInt64(0x40, 0)):tonumber() ~= 0
  local named = nil
  if isAbsolute then
    tree:add(fields.address, ranges.a, words.a)
    info[#info + 1] = "address=" .. text(words.a, "hex")
  elseif isAccess then
    local frame = bits(words.a, 32, 8):tonumber()
    local offset = bits(words.a, 0, 32):tonumber()
    named = register[frame] and (register[frame][offset] or register[frame][offset - offset % 4])
    named = named or string.format("%s+0x%x", frames[frame] or tostring(frame), offset)
    tree:add(fields.register, ranges.a, named)
    info[#info + 1] = named
  end
  for i = 2, #kind do
    local field = kind[i]
    local word = words[field[2]]
    if word and not (isAbsolute and field[2] == "a") then
      local isQuiet = isAccess and field[2] == "a" and field[3] ~= 40
      local found = addField(tree, ranges[field[2]], field, bits(word, field[3], field[4]), isQuiet and {} or info)
      named = named or found
    end
  end
  if named and namesINTID[named] and bits(words.b, 32, 32):tonumber() == 0 then
    addINTID(tree, ranges.b, bits(words.b, 0, 32):tonumber(), info, true)
  end
  packet.cols.protocol = "GIC"
  packet.cols.info = table.concat(info, " ")
  return 24
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, gic)
