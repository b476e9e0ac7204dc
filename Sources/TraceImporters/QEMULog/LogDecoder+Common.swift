/// The texts of the four commonest lines, which are nine tenths of a capture: they are matched and decoded in one go.
///
/// The constants are their lengths, so that the comparisons are unrolled.
struct CommonLines: @unchecked Sendable {
  let update = Self.text("gicv3_cpuif_update GICv3 CPU i/f 0x")
  let updateIRQ = Self.text(" HPPI update: irq ")
  let updateGroup = Self.text(" group ")
  let updatePriority = Self.text(" prio ")
  let lines = Self.text("gicv3_cpuif_set_irqs GICv3 CPU i/f 0x")
  let linesFIQ = Self.text(" HPPI update: setting FIQ ")
  let linesIRQ = Self.text(" IRQ ")
  let virtualUpdate = Self.text("gicv3_cpuif_virt_update GICv3 CPU i/f 0x")
  let virtualIndex = Self.text(" virt HPPI update LR index ")
  let virtualVLPI = Self.text(" HPPVLPI ")
  let virtualGroup = Self.text(" grp ")
  let virtualLines = Self.text("gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x")
  let virtualFIQ = Self.text(" virt HPPI update: setting FIQ ")

  static let shared = CommonLines()

  /// The texts are compared in words: each is followed by padding. Never freed.
  private static func text(_ text: StaticString) -> UnsafeRawPointer {
    let count = text.utf8CodeUnitCount
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 8)
    copy.initialize(repeating: 0, count: count + 8)
    copy.update(from: text.utf8Start, count: count)
    return UnsafeRawPointer(copy)
  }
}

extension LogDecoder {
  /// Decodes the line whose event's name starts at `name` if it is one of the commonest, without a fault. Returns where
  /// the next line starts, or nil.
  @inline(__always) mutating func takeCommon(_ name: UnsafeRawPointer) -> UnsafeRawPointer? {
    switch Digits.load(name + 8) {
    case 0x6164_7075_5F66_6975: takeCommonUpdate(name)  // gicv3_cpuif_upda
    case 0x5F74_6573_5F66_6975: takeCommonLines(name)  // gicv3_cpuif_set_
    case 0x7472_6976_5F66_6975:  // gicv3_cpuif_virt
      if Digits.byte(name + 17) == 0x75 { takeCommonVirtualUpdate(name) } else { takeCommonVirtualLines(name) }
    default: nil
    }
  }

  @inline(__always) private mutating func takeCommonUpdate(_ name: UnsafeRawPointer) -> UnsafeRawPointer? {
    var at = name
    var affinity: UInt64 = 0
    var intid: UInt64 = 0
    var group: UInt64 = 0
    var priority: UInt64 = 0
    guard LogLineParser.skip(&at, common.update, 35), Digits.readHex(&at, into: &affinity),
      LogLineParser.skip(&at, common.updateIRQ, 18), Digits.readDecimal(&at, into: &intid),
      LogLineParser.skip(&at, common.updateGroup, 7), Digits.readDecimal(&at, into: &group),
      LogLineParser.skip(&at, common.updatePriority, 6), Digits.readDecimal(&at, into: &priority),
      LogLineParser.endLine(&at)
    else { return nil }
    takeHighestPending(affinity, intid, group, priority)
    return at
  }

  @inline(__always) private mutating func takeCommonLines(_ name: UnsafeRawPointer) -> UnsafeRawPointer? {
    var at = name
    var affinity: UInt64 = 0
    var fiq: UInt64 = 0
    var irq: UInt64 = 0
    guard LogLineParser.skip(&at, common.lines, 37), Digits.readHex(&at, into: &affinity),
      LogLineParser.skip(&at, common.linesFIQ, 26), Digits.readDecimal(&at, into: &fiq),
      LogLineParser.skip(&at, common.linesIRQ, 5), Digits.readDecimal(&at, into: &irq), LogLineParser.endLine(&at)
    else { return nil }
    takeLines(affinity, fiq: fiq, irq: irq, .irq, .fiq)
    return at
  }

  @inline(__always) private mutating func takeCommonVirtualUpdate(_ name: UnsafeRawPointer) -> UnsafeRawPointer? {
    var at = name
    var affinity: UInt64 = 0
    var index: UInt64 = 0
    var vlpi: UInt64 = 0
    var group: UInt64 = 0
    var priority: UInt64 = 0
    guard LogLineParser.skip(&at, common.virtualUpdate, 40), Digits.readHex(&at, into: &affinity),
      LogLineParser.skip(&at, common.virtualIndex, 27), Digits.readDecimal(&at, into: &index),
      LogLineParser.skip(&at, common.virtualVLPI, 9), Digits.readDecimal(&at, into: &vlpi),
      LogLineParser.skip(&at, common.virtualGroup, 5), Digits.readDecimal(&at, into: &group),
      LogLineParser.skip(&at, common.updatePriority, 6), Digits.readDecimal(&at, into: &priority),
      LogLineParser.endLine(&at)
    else { return nil }
    takeVirtualHighestPending(affinity, index, vlpi, group, priority)
    return at
  }

  @inline(__always) private mutating func takeCommonVirtualLines(_ name: UnsafeRawPointer) -> UnsafeRawPointer? {
    var at = name
    var affinity: UInt64 = 0
    var fiq: UInt64 = 0
    var irq: UInt64 = 0
    guard LogLineParser.skip(&at, common.virtualLines, 42), Digits.readHex(&at, into: &affinity),
      LogLineParser.skip(&at, common.virtualFIQ, 31), Digits.readDecimal(&at, into: &fiq),
      LogLineParser.skip(&at, common.linesIRQ, 5), Digits.readDecimal(&at, into: &irq), LogLineParser.endLine(&at)
    else { return nil }
    takeLines(affinity, fiq: fiq, irq: irq, .virq, .vfiq)
    return at
  }
}
