import InterruptTrace

/// One memory-mapped register, or an array of them, as the manual describes it and as the model acts on it.
///
/// A row is made by its shape: ``word``, or ``bits``, ``pairs``, ``bytes`` and ``words`` for registers that hold a bit, two
/// bits, a byte or 64 bits of each INTID. Of the latter the row is all there is: offset, field, set or clear, and who may
/// access it decide what reads and writes do (`Interrupts/Bank+Register.swift`).
public struct RegisterDescription: Sendable {
  /// Who may access a register, and what the other Security state sees.
  public enum Security: String, Sendable {
    /// The same for both Security states.
    case common
    /// Non-secure accesses see only interrupts of Non-secure Group 1; the others read as zero and ignore writes.
    case byGroup = "by group"
    /// As ``byGroup``, widened by `GICD_NSACR`.
    case byGroupAndNSACR = "by group, NSACR"
    /// Each Security state has its own copy or view.
    case banked
    /// Non-secure accesses read as zero and are ignored.
    case secureOnly = "secure"
  }

  /// What an access may do.
  public enum Access: String, Sendable {
    /// Readable and writable.
    case readWrite = "RW"
    /// Writes are ignored.
    case readOnly = "RO"
    /// Reads return zero.
    case writeOnly = "WO"
  }

  /// The manual's name, without the index of an array.
  public let name: String
  /// What the dispatcher does with it.
  let role: RegisterRole
  /// The frame it lies in.
  public internal(set) var frame = Frame.gicd
  /// Offset of the first register of the array.
  public let offset: UInt32
  /// Registers in the array; 1 for a single register.
  public let count: Int
  /// Index of the array's first element in its name: `GICD_IROUTER32` is the first.
  public var firstIndex = 0
  /// 32 or 64.
  public var width = 32
  /// Bits for each INTID; 0 if the register is not about INTIDs.
  public var bitsPerINTID = 0
  /// Access sizes in bytes that the architecture allows.
  public var sizes = [4]
  /// What an access may do.
  public var access = Access.readWrite
  /// Who may access it.
  public let security: Security
  /// Value after reset where the architecture gives one.
  public let reset: UInt64?
  /// Section of IHI 0069H, or of IHI 0048B for GICv2. Chapter 12 of the former has the registers of a frame in the order of
  /// their names; of those whose own section is not known for certain this is the one that they share.
  public let section: String
  /// What it holds.
  public let summary: String
  /// What it does to interrupts, if it holds something of each INTID.
  var interrupts: InterruptRegister?

  /// Bytes from one register of the array to the next; 4 for a single register.
  public var stride: UInt32 { count > 1 ? UInt32(width / 8) : 4 }

  /// The name of the register at an offset of the array: `GICD_ISENABLER1`.
  public func name(at address: UInt32) -> String {
    guard count > 1 else { return name }
    return "\(name)\(Int((address &- offset) / stride) + firstIndex)"
  }
}

// MARK: Rows by their shape

extension RegisterDescription {
  /// A register of its own kind, or an array of such.
  static func word(
    _ offset: UInt32, _ name: String, _ role: RegisterRole, _ section: String, _ summary: String,
    _ security: Security = .common, _ access: Access = .readWrite, count: Int = 1, width: Int = 32, sizes: [Int]? = nil,
    reset: UInt64? = nil
  ) -> Self {
    Self(
      name: name, role: role, offset: offset, count: count, width: width, sizes: sizes ?? (width == 64 ? [4, 8] : [4]),
      access: access, security: security, reset: reset, section: section, summary: summary)
  }

  /// A register that the accesses of one direction only reach.
  static func word(
    _ offset: UInt32, _ name: String, _ role: RegisterRole, _ section: String, _ summary: String, _ access: Access,
    count: Int = 1, width: Int = 32, sizes: [Int]? = nil, reset: UInt64? = nil
  ) -> Self {
    word(
      offset, name, role, section, summary, .common, access, count: count, width: width, sizes: sizes, reset: reset)
  }

  /// Registers with one bit for each INTID.
  static func bits(
    _ offset: UInt32, _ name: String, _ action: InterruptRegister.Action,
    _ section: String, _ summary: String, _ security: Security, count: Int, reset: UInt64? = nil
  ) -> Self {
    array(1, offset, name, action, section, summary, security, count: count, reset: reset)
  }

  /// Registers with two bits for each INTID.
  static func pairs(
    _ offset: UInt32, _ name: String, _ action: InterruptRegister.Action, _ section: String, _ summary: String,
    _ security: Security, count: Int = 1, reset: UInt64? = nil
  ) -> Self {
    array(2, offset, name, action, section, summary, security, count: count, reset: reset)
  }

  /// Registers with one byte for each INTID.
  static func bytes(
    _ offset: UInt32, _ name: String, _ action: InterruptRegister.Action,
    _ section: String, _ summary: String, _ security: Security = .common, count: Int, reset: UInt64? = nil
  ) -> Self {
    var row = array(8, offset, name, action, section, summary, security, count: count, reset: reset)
    row.sizes = [1, 4]
    return row
  }

  /// Registers of 64 bits, one for each INTID from `firstIndex` on.
  static func words(
    _ offset: UInt32, _ name: String, _ action: InterruptRegister.Action, _ section: String, _ summary: String,
    _ security: Security, count: Int, firstIndex: Int
  ) -> Self {
    var row = array(64, offset, name, action, section, summary, security, count: count, reset: nil)
    row.width = 64
    row.sizes = [4, 8]
    row.firstIndex = firstIndex
    row.interrupts?.first = UInt16(firstIndex)
    return row
  }

  private static func array(
    _ bits: Int, _ offset: UInt32, _ name: String, _ action: InterruptRegister.Action,
    _ section: String, _ summary: String, _ security: Security, count: Int, reset: UInt64?
  ) -> Self {
    Self(
      name: name, role: .interrupts, offset: offset, count: count, bitsPerINTID: bits, security: security, reset: reset,
      section: section, summary: summary, interrupts: InterruptRegister(action, bits: bits, security))
  }
}
