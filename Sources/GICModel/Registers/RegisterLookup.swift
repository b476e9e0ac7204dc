/// A ``RegisterMap`` laid out for the dispatcher: two loads give a register's index and its row.
struct RegisterLookup: ~Copyable {
  /// What the dispatcher needs of a ``RegisterDescription``.
  struct Row: BitwiseCopyable {
    var role = RegisterRole.reserved
    /// Where the register, or the array of them, begins.
    var start: UInt32 = 0
    /// Its bytes.
    var length: UInt32 = 0
    /// Secure accesses only.
    var isSecure = false
    /// Meaningful if `role` is ``RegisterRole/interrupts``.
    var interrupts = InterruptRegister(.assign(.pending), bits: 1, .common)
  }

  private let indices: Words<UInt8>
  private let rows: Words<Row>

  init(_ map: RegisterMap) {
    indices = Words(repeating: 0xFF, count: map.wordCount)
    rows = Words(repeating: Row(), count: 256)
    for word in 0..<indices.count {
      let index = map.index(at: UInt32(word) * 4)
      if index >= 0 { indices[word] = UInt8(index) }
    }
    for (index, register) in map.registers.enumerated() {
      rows[index].role = register.role
      rows[index].start = register.offset
      rows[index].length = UInt32(register.count * register.width / 8)
      rows[index].isSecure = register.security == .secureOnly
      guard let interrupts = register.interrupts else { continue }
      rows[index].interrupts = interrupts
      // Extended PPIs are not modelled.
      if register.frame == .gicr { rows[index].length = min(rows[index].length, 4 << UInt32(interrupts.shift)) }
    }
  }

  /// Index of the register at an offset; -1 if the offset is reserved.
  @inline(__always) func index(at offset: UInt32) -> Int {
    let word = Int(offset &>> 2)
    guard word < indices.count else { return -1 }
    let index = indices[word]
    return index == 0xFF ? -1 : Int(index)
  }

  /// The row of a register; that of a reserved one for -1.
  @inline(__always) func row(_ index: Int) -> Row { rows[index & 0xFF] }

  /// What to do with the register.
  @inline(__always) func role(_ index: Int) -> RegisterRole { rows[index & 0xFF].role }

  /// Where an array of registers begins.
  @inline(__always) func start(_ index: Int) -> UInt32 { rows[index & 0xFF].start }

  /// Which register of its array an offset is in.
  @inline(__always) func element(at offset: UInt32) -> Int { element(index(at: offset), at: offset) }

  /// The same of the register at an index.
  @inline(__always) func element(_ index: Int, at offset: UInt32) -> Int { Int((offset &- start(index)) &>> 2) }
}
