import InterruptTrace

/// Finds the register at an offset of a frame. Built once from the tables of ``RegisterDescription``.
public struct RegisterMap: Sendable {
  /// Every register of the frame, in the order of its offset.
  public let registers: [RegisterDescription]
  private let words: [UInt8]
  /// Words of 32 bits that the frame spans.
  var wordCount: Int { words.count }

  init(_ frame: Frame, _ registers: [RegisterDescription], size: UInt32) {
    precondition(registers.count < 255)
    var registers = registers
    for index in registers.indices { registers[index].frame = frame }
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
  public static let distributor = RegisterMap(.gicd, distributorRegisters, size: 0x10000)
  /// A Redistributor's RD, SGI and VLPI frames.
  public static let redistributor = RegisterMap(.gicr, redistributorRegisters, size: 0x40000)
  /// An ITS's control frame.
  public static let its = RegisterMap(.gits, itsRegisters, size: 0x10000)

  /// The Distributor of GICv2.
  public static let gicv2Distributor = RegisterMap(.gicd, gicv2DistributorRegisters, size: 0x1000)
  /// A GICv2 CPU interface.
  public static let gicv2Interface = RegisterMap(.gicc, gicv2InterfaceRegisters, size: 0x2000)
  /// A GICv2 virtual CPU interface.
  public static let gicv2VirtualInterface = RegisterMap(.gicv, gicv2VirtualInterfaceRegisters, size: 0x2000)
  /// The virtual interface control registers of one PE.
  public static let gicv2Hypervisor = RegisterMap(.gich, gicv2HypervisorRegisters, size: 0x200)
  /// A GICv2m MSI frame.
  public static let gicv2m = RegisterMap(.gicm, gicv2mRegisters, size: 0x1000)

  /// The map of a frame, or nil if the model does not know the frame. A Distributor is taken for GICv3's.
  public static func of(_ frame: Frame) -> RegisterMap? { of(frame, .v3) }

  /// The map of a frame as an architecture has it, or nil if the model does not know the frame.
  public static func of(_ frame: Frame, _ architecture: Topology.Architecture) -> RegisterMap? {
    switch frame {
    case .gicd: architecture == .v2 ? gicv2Distributor : distributor
    case .gicr: redistributor
    case .gits: its
    case .gicc: gicv2Interface
    case .gicv: gicv2VirtualInterface
    case .gich: gicv2Hypervisor
    case .gicm: gicv2m
    default: nil
    }
  }
}
