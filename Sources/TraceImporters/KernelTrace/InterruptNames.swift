/// Names of handlers, numbered from 1 on: a line that devices share has a name for each of its handlers.
struct InterruptNames {
  /// Bytes of a name that are kept.
  static let length = 64
  /// Names that are told apart, and interrupts whose last name is remembered.
  private static let limit = 4096

  private var numbers: [Key: UInt32] = [:]
  private var last = [(hash: UInt64, number: UInt32)](repeating: (0, 0), count: limit)

  private struct Key: Hashable {
    var irq: UInt64
    var hash: UInt64
  }

  /// The number of a name of an interrupt, and whether it has not come before; 0 if there are too many.
  mutating func number(_ irq: UInt64, _ name: UnsafeRawBufferPointer) -> (number: UInt32, isNew: Bool) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let isSmall = irq < UInt64(Self.limit)
    if isSmall, last[Int(irq)].hash == hash, last[Int(irq)].number > 0 { return (last[Int(irq)].number, false) }
    let key = Key(irq: irq, hash: hash)
    var number = numbers[key] ?? 0
    let isNew = number == 0 && numbers.count < Self.limit
    if isNew {
      number = UInt32(numbers.count + 1)
      numbers[key] = number
    }
    if isSmall { last[Int(irq)] = (hash, number) }
    return (number, isNew)
  }
}
