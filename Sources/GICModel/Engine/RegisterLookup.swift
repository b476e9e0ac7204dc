import InterruptTrace

/// A ``RegisterMap`` laid out for the dispatcher: two loads give a register's index and role.
struct RegisterLookup: ~Copyable {
  private let indices: Words<UInt8>
  private let roles: Words<UInt8>
  private let offsets: Words<UInt32>

  init(_ map: RegisterMap, size: UInt32) {
    indices = Words(repeating: 0xFF, count: Int(size / 4))
    roles = Words(repeating: 0, count: 256)
    offsets = Words(repeating: 0, count: 256)
    for word in 0..<indices.count {
      let index = map.index(at: UInt32(word) * 4)
      if index >= 0 { indices[word] = UInt8(index) }
    }
    for (index, register) in map.registers.enumerated() {
      roles[index] = register.role.rawValue
      offsets[index] = register.offset
    }
  }

  /// Index of the register at an offset; -1 if the offset is reserved.
  @inline(__always)
  func index(at offset: UInt32) -> Int {
    let word = Int(offset &>> 2)
    guard word < indices.count else { return -1 }
    let index = indices[word]
    return index == 0xFF ? -1 : Int(index)
  }

  /// What to do with the register.
  @inline(__always)
  func role(_ index: Int) -> RegisterRole {
    index < 0 ? .reserved : RegisterRole(rawValue: roles[index]).unsafelyUnwrapped
  }

  /// Where an array of registers begins.
  @inline(__always)
  func start(_ index: Int) -> UInt32 { offsets[index] }
}
