import InterruptTrace

/// Finds the register at an offset of a frame. Built once from the tables of ``RegisterDescription``.
public struct RegisterMap: Sendable {
  /// Every register of the frame, in the order of its offset.
  public let registers: [RegisterDescription]
  private let words: [UInt8]

  init(_ registers: [RegisterDescription], size: UInt32) {
    precondition(registers.count < 255)
    var words = [UInt8](repeating: 0xFF, count: Int(size / 4))
    for (index, register) in registers.enumerated() {
      for element in 0..<register.count {
        let start = Int(register.offset + UInt32(element) * register.stride) / 4
        for word in start..<(start + register.width / 32) { words[word] = UInt8(index) }
      }
    }
    self.registers = registers
    self.words = words
  }

  /// Index of the register at an offset within ``registers``, or -1. O(1).
  public func index(at offset: UInt32) -> Int {
    let word = Int(offset / 4)
    guard word < words.count, words[word] != 0xFF else { return -1 }
    return Int(words[word])
  }

  /// The register at an offset, or nil. O(1).
  public subscript(offset: UInt32) -> RegisterDescription? {
    let index = index(at: offset)
    return index < 0 ? nil : registers[index]
  }

  /// The Distributor of GICv3 and GICv4.
  public static let distributor = RegisterMap(distributorRegisters, size: 0x10000)
  /// A Redistributor's RD, SGI and VLPI frames.
  public static let redistributor = RegisterMap(redistributorRegisters, size: 0x40000)
  /// An ITS's control frame.
  public static let its = RegisterMap(itsRegisters, size: 0x10000)

  /// The map of a frame, or nil if the model does not know the frame. A Distributor is taken for GICv3's.
  public static func of(_ frame: Frame) -> RegisterMap? { of(frame, .v3) }

  /// The map of a frame as an architecture has it, or nil if the model does not know the frame.
  public static func of(_ frame: Frame, _ architecture: Topology.Architecture) -> RegisterMap? {
    switch frame {
    case .gicd: distributor
    case .gicr: redistributor
    case .gits: its
    default: nil
    }
  }
}
