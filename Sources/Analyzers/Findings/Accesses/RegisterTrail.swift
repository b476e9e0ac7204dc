import InterruptTrace

/// What software last wrote to a register, and what stood there before.
struct RegisterWrite: BitwiseCopyable {
  var value: UInt64 = 0
  var at = Moment()
  /// The value before the last change, and when that was written; its event is `.max` if there was none.
  var before: UInt64 = 0
  var beforeAt = Moment()
}

/// The last write of each register that explains findings. Memory follows the number of such registers.
struct RegisterTrail: ~Copyable {
  private var writes = LiveTable(RegisterWrite())

  init() {}

  /// An independent copy. O(registers).
  init(copying other: borrowing RegisterTrail) { writes = LiveTable(copying: other.writes) }

  private static func key(_ frame: Frame, _ owner: UInt32, _ offset: UInt32) -> UInt64 {
    UInt64(frame.rawValue) << 56 | UInt64(owner & 0xFF_FFFF) << 32 | UInt64(offset)
  }

  /// The last write of a register; nil if the capture shows none. A 64-bit register is named by its lower half.
  func last(_ frame: Frame, _ owner: UInt32, _ offset: UInt32) -> RegisterWrite? {
    writes.find(Self.key(frame, owner, offset))?.pointee
  }

  /// Takes in a write. Of a register of 64 bits either half may be written alone, of one of 32 bits any byte.
  mutating func note(_ event: Event, _ number: UInt64, isWide: Bool) {
    let mask: UInt32 = isWide ? 7 : 3
    let write = writes.insert(Self.key(event.frame, event.owner, event.offset & ~mask))
    let shift = UInt64(event.offset & mask) * 8
    let bits = UInt64(event.size) * 8
    let field: UInt64 = bits >= 64 ? .max : ((1 << bits) - 1) << shift
    let value = write.pointee.value & ~field | event.b << shift & field
    if write.pointee.at.event != .max, value != write.pointee.value {
      write.pointee.before = write.pointee.value
      write.pointee.beforeAt = write.pointee.at
    }
    write.pointee.value = value
    write.pointee.at = Moment(time: event.time, event: number)
  }

  /// Forgets everything: after a reset of the machine registers are not what was written.
  mutating func removeAll() {
    if writes.count > 0 { writes = LiveTable(RegisterWrite()) }
  }
}

/// Offsets of registers that findings name.
enum RegisterOffset {
  static var gitsCTLR: UInt32 { 0x0 }
  static var gitsCBASER: UInt32 { 0x80 }
  static var gitsCWRITER: UInt32 { 0x88 }
  static var gitsBASER: UInt32 { 0x100 }
  static var gicrCTLR: UInt32 { 0x0 }
  static var gicrPROPBASER: UInt32 { 0x70 }
  static var gicrPENDBASER: UInt32 { 0x78 }
  static var gicrVPROPBASER: UInt32 { 0x2_0070 }
  static var gicrVPENDBASER: UInt32 { 0x2_0078 }
  static var gicdCTLR: UInt32 { 0x0 }
  static var gicdTYPER: UInt32 { 0x4 }
  static var gicdSPIMessages: ClosedRange<UInt32> { 0x40...0x58 }
  static var gicdITARGETSR: UInt32 { 0x800 }
  static var gicdSGIR: UInt32 { 0xF00 }
  static var gicdIROUTER: UInt32 { 0x6000 }
  static var giccPMR: UInt32 { 0x4 }
  static var giccEOIR: UInt32 { 0x10 }
  static var giccDIR: UInt32 { 0x1000 }
}
