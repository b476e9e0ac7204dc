-- A Wireshark dissector for gicscope's native files (.pcap.lz4): names each event and its fields.
--
--   tshark -X lua_script:Analyses/gicscope.lua -r capture.pcap.lz4
--   tshark -X lua_script:Analyses/gicscope.lua -r capture.pcap.lz4 -Y 'gicscope.kind == "msi"'
--
-- Or copy it to Wireshark's plugin folder. The table of kinds is EventLayout's; a test keeps it so.

local gicscope = Proto("gicscope", "gicscope interrupt event")

local fields = {
  kind = ProtoField.string("gicscope.kind", "Kind"),
  flags = ProtoField.uint8("gicscope.flags", "Flags", base.HEX),
  domain = ProtoField.uint16("gicscope.domain", "Domain"),
  pe = ProtoField.uint32("gicscope.pe", "PE"),
  a = ProtoField.uint64("gicscope.a", "First operand", base.HEX),
  b = ProtoField.uint64("gicscope.b", "Second operand", base.HEX),
}
gicscope.fields = { fields.kind, fields.flags, fields.domain, fields.pe, fields.a, fields.b }

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
  [32] = { "cpuLine", { "irq", "a", 0, 1, "decimal" }, { "fiq", "a", 1, 1, "decimal" }, { "virq", "a", 2, 1, "decimal" }, { "vfiq", "a", 3, 1, "decimal" }, { "nmi", "a", 4, 1, "decimal" }, { "shown", "b", 0, 5, "hex" } },
  [33] = { "maintenanceLine", { "level", "a", 0, 1, "decimal" } },
  [34] = { "highestPending", { "intid", "a", 0, 32, "decimal" }, { "priority", "a", 32, 16, "decimal" }, { "group", "a", 48, 4, "decimal" }, { "priorityMask", "b", 0, 16, "decimal" }, { "runningPriority", "b", 16, 16, "decimal" }, { "virtual", "flags", 0, 1, "flag" }, { "maskShown", "flags", 1, 1, "flag" }, { "groupShown", "flags", 2, 1, "flag" } },
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
  [68] = { "lrWrite", { "index", "a", 0, 8, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [69] = { "lrRead", { "index", "a", 0, 8, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [70] = { "ackNotify", { "intid", "a", 0, 32, "decimal" }, { "irqchip", "b", 0, 32, "decimal" } },
  [71] = { "vcpuLoad", { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [72] = { "vcpuPut", { "runnable", "b", 0, 1, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [73] = { "irqLine", { "intid", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "type", "b", 8, 8, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [74] = { "gsiSet", { "gsi", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "source", "b", 8, 16, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [75] = { "timerLine", { "intid", "a", 0, 32, "decimal" }, { "level", "b", 0, 1, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [76] = { "timerSave", { "timer", "b", 32, 8, "decimal" }, { "control", "b", 0, 32, "hex" }, { "compare", "a", 0, 64, "decimal" } },
  [77] = { "timerRestore", { "timer", "b", 32, 8, "decimal" }, { "control", "b", 0, 32, "hex" }, { "compare", "a", 0, 64, "decimal" } },
  [78] = { "timerMap", { "directVirtual", "a", 0, 8, "decimal" }, { "directPhysical", "a", 8, 8, "decimal" }, { "emulatedVirtual", "a", 16, 8, "decimal" }, { "emulatedPhysical", "a", 24, 8, "decimal" } },
  [79] = { "timerExpire", { "timer", "a", 0, 8, "decimal" }, { "cpu", "a", 32, 32, "decimal" } },
  [80] = { "timerEmulate", { "timer", "a", 0, 8, "decimal" }, { "fires", "b", 0, 1, "decimal" } },
  [81] = { "vcpuWakeup", { "duration", "a", 0, 64, "decimal" }, { "slept", "b", 0, 1, "decimal" }, { "valid", "b", 1, 1, "decimal" } },
  [82] = { "haltPoll", { "duration", "a", 0, 32, "decimal" }, { "before", "b", 0, 32, "decimal" } },
  [83] = { "wfx", { "wfe", "flags", 0, 1, "flag" }, { "pc", "b", 0, 64, "hex" }, { "incomplete", "flags", 5, 1, "flag" } },
  [84] = { "hypercall", { "function", "a", 0, 64, "hex" }, { "pc", "b", 0, 64, "hex" }, { "immediate", "flags", 0, 8, "decimal" } },
  [85] = { "guestFault", { "address", "a", 0, 64, "hex" }, { "syndrome", "b", 0, 64, "hex" } },
  [86] = { "userspaceExit", { "reason", "a", 0, 32, "decimal" } },
  [87] = { "sysregTrap", { "syndrome", "a", 0, 64, "hex" } },
  [88] = { "vcpuThread", { "thread", "a", 0, 32, "decimal" }, { "evidence", "b", 0, 8, "decimal" } },
  [89] = { "vgicStep", { "step", "a", 0, 16, "decimal" }, { "value", "b", 0, 64, "decimal" } },
  [90] = { "msiResult", { "result", "a", 0, 32, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [91] = { "vcpuKick", { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [92] = { "vcpuWaking", { "target", "a", 0, 32, "decimal" }, { "cpu", "a", 32, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [96] = { "handlerEnter", { "irq", "a", 0, 32, "decimal" }, { "intid", "a", 32, 32, "decimal" }, { "intidKnown", "flags", 0, 1, "flag" } },
  [97] = { "handlerExit", { "irq", "a", 0, 32, "decimal" }, { "intid", "a", 32, 32, "decimal" }, { "intidKnown", "flags", 0, 1, "flag" }, { "handled", "b", 0, 1, "decimal" } },
  [98] = { "softirqRaise", { "vector", "a", 0, 32, "decimal" } },
  [99] = { "softirqEnter", { "vector", "a", 0, 32, "decimal" } },
  [100] = { "softirqExit", { "vector", "a", 0, 32, "decimal" } },
  [101] = { "ipiSend", { "reason", "a", 0, 32, "decimal" }, { "firstTarget", "a", 32, 32, "decimal" }, { "targets", "b", 0, 64, "hex" } },
  [102] = { "ipiEnter", { "reason", "a", 0, 32, "decimal" } },
  [103] = { "ipiExit", { "reason", "a", 0, 32, "decimal" } },
  [104] = { "schedWakeup", { "target", "a", 0, 32, "decimal" }, { "thread", "b", 32, 32, "decimal" } },
  [105] = { "schedSwitch", { "from", "a", 0, 32, "decimal" }, { "to", "a", 32, 32, "decimal" }, { "runnable", "b", 0, 1, "decimal" } },
  [224] = { "gap", { "lost", "a", 0, 64, "decimal" }, { "reason", "b", 0, 64, "decimal" } },
  [225] = { "topology", { "key", "a", 0, 16, "decimal" }, { "index", "a", 16, 32, "decimal" }, { "value", "b", 0, 64, "hex" } },
  [226] = { "marker", { "kind", "a", 0, 16, "decimal" }, { "length", "a", 16, 16, "decimal" }, { "line", "b", 0, 64, "decimal" } },
  [227] = { "packet", { "length", "a", 0, 32, "decimal" }, { "interface", "b", 0, 32, "decimal" } },
  [255] = { "continuation", { "a", "a", 0, 64, "hex" }, { "b", "b", 0, 64, "hex" } },
-- END kinds
}

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

function gicscope.dissector(buffer, packet, root)
  if buffer:len() ~= 24 then return 0 end
  local number = buffer(0, 1):uint()
  local kind = kinds[number] or { "kind" .. number }
  local words = {
    flags = UInt64(buffer(1, 1):uint(), 0),
    a = buffer(8, 8):le_uint64(),
    b = buffer(16, 8):le_uint64(),
  }
  local tree = root:add(gicscope, buffer(), "gicscope " .. kind[1])
  tree:add(fields.kind, buffer(0, 1), kind[1])
  tree:add(fields.flags, buffer(1, 1))
  tree:add_le(fields.domain, buffer(2, 2))
  local pe = buffer(4, 4):le_uint()
  if pe ~= 0xffffffff then tree:add_le(fields.pe, buffer(4, 4)) end
  tree:add_le(fields.a, buffer(8, 8))
  tree:add_le(fields.b, buffer(16, 8))

  local info = { kind[1] }
  if pe ~= 0xffffffff then info[#info + 1] = "PE " .. pe end
  for i = 2, #kind do
    local field = kind[i]
    local word = words[field[2]]
    if word then  -- The fields of a continuation stand in the next packet.
      local value = text(bits(word, field[3], field[4]), field[5])
      tree:add(buffer(), field[1] .. ": " .. value)
      if field[5] ~= "flag" or value ~= "0" then info[#info + 1] = field[1] .. "=" .. value end
    end
  end
  packet.cols.protocol = "GIC"
  packet.cols.info = table.concat(info, " ")
  return 24
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, gicscope)
