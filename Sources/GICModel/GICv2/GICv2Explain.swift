import InterruptTrace

extension GICv2 {
  /// The state of a PE and of the interrupts concerned, in one line.
  func explain(_ check: Int, expected: UInt64, seen: UInt64, pe: UInt32) -> String {
    var parts: [String] = []
    if Int(pe) < peCount {
      let (element, virtual) = (interfaces[Int(pe)], virtualInterfaces[Int(pe)])
      parts.append(
        "PE \(pe): GICC_CTLR \(hex(element.interface.control)), PMR \(hex(element.interface.priorityMask)), "
          + "RPR \(hex(element.interface.runningPriorityView(nonSecure: false)))"
      )
      parts.append("HPPI \(element.highest.intid) priority \(hex(element.highest.priority))")
      if hasTwoSecurityStates { parts.append("security \(element.security)") }
      if virtual.control != 0 || virtual.valid != 0 {
        parts.append(
          "GICH_HCR \(hex(virtual.control)), VMCR \(hex(virtual.machineControl)), "
            + "MISR \(hex(virtual.maintenanceStatus)), APR \(hex(virtual.interface.activePriorities[0]))"
        )
        for list in 0..<64 where virtual.valid >> UInt64(list) & 1 != 0 {
          parts.append("GICH_LR\(list) \(hex(virtual[list].value))")
        }
      }
    }
    parts.append("GICD_CTLR \(hex(distributor.control.value))")
    for intid in Set([expected & 0x3FF, seen & 0x3FF]).sorted() where intid < 1020 {
      parts.append(describe(Int(intid), pe: Int(pe) < peCount ? Int(pe) : 0))
    }
    return parts.joined(separator: "; ")
  }

  private func describe(_ intid: Int, pe: Int) -> String {
    let (bank, bit) = (bank(pe, intid >> 5), intid & 31)
    var text = "INTID \(intid): enabled \(bank.pointee.enabled[bit])"
    text += ", pending \(isPendingOn(pe, intid)), level \(bank.pointee.level[bit])"
    text += ", active \(isActiveOn(pe, intid)), priority \(hex(priority(pe, intid)))"
    if intid < 16 { text += ", sources \(hex(distributor.sources[pe << 4 | intid]))" }
    if intid >= 32 { text += ", targets \(hex(distributor.targets[intid]))" }
    return text
  }
}
