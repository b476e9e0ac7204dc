import HypervisorModel
import InterruptTrace

/// One time that a hypervisor loaded a PE's list registers and took them back, as a capture from below it shows.
public struct RegisterLoad: Sendable {
  /// When the virtual interface was switched on, and off again.
  public var from: UInt64
  /// When the virtual interface was switched off.
  public var to: UInt64
  /// The PE.
  public var pe: UInt32
  /// HCR.
  public var control: UInt32
  /// The values that were written, by list register; 0 where none was.
  public var values: [UInt64] = []
  /// What was taken back; nil where nothing shows it.
  public var left: [UInt64?] = []
  /// EOIcount when the control register was read back; nil if it was not.
  public var ends: Int?
}

/// Finds the loads in a capture that shows every access to `ICH_*` or `GICH_*`.
struct RegisterLoadFinder {
  private(set) var loads: [RegisterLoad] = []
  /// The layout of what was written; nil if nothing was.
  private(set) var format: ListRegisterFormat?
  /// List registers, by VTR; nil if it was not read.
  private(set) var listRegisters: Int?
  /// Times that an interface was switched on, and the capture does not say on which PE.
  private(set) var withoutPE = 0
  private var open: [UInt32: Int] = [:]
  private var isOn: Set<UInt32> = []
  /// Halves of list registers in AArch32.
  private var lower: [UInt32: UInt64] = [:]

  mutating func take(_ event: Event) {
    guard event.domain == Domain.physical else { return }
    switch event.kind {
    case .sysregWrite, .sysregRead: takeSystemRegister(event)
    case .mmioWrite, .mmioRead: if event.frame == .gich { takeMemoryMapped(event) }
    default: break
    }
  }

  private mutating func takeSystemRegister(_ event: Event) {
    let register = event.register.rawValue
    let first = SystemRegister.ICH_LR0_EL2.rawValue
    let isWrite = event.kind == .sysregWrite
    if event.register == .ICH_HCR_EL2 {
      if isWrite { control(event.pe, event.time, event.b, .ich) } else { ends(event.pe, event.b) }
    } else if event.register == .ICH_ELRSR_EL2 {
      if !isWrite { empty(event.pe, event.b, from: 0) }
    } else if event.register == .ICH_VTR_EL2 {
      if !isWrite { listRegisters = Int(event.b & 0x1F) + 1 }
    } else if register >= first, register < first + 16 {
      list(event.pe, Int(register - first), event.b, isWrite)
    }
  }

  private mutating func takeMemoryMapped(_ event: Event) {
    let pe = event.pe != PE.none ? event.pe : event.owner
    let isWrite = event.kind == .mmioWrite
    guard pe != Self.noOwner else {
      if event.offset == 0x04, !isWrite { listRegisters = Int(event.b & 0x3F) + 1 }
      if event.offset == 0, isWrite, event.b & 1 != 0 { withoutPE += 1 }
      return
    }
    switch event.offset {
    case 0x00: if isWrite { control(pe, event.time, event.b, .gich) } else { ends(pe, event.b) }
    case 0x04: if !isWrite { listRegisters = Int(event.b & 0x3F) + 1 }
    case 0x30: if !isWrite { empty(pe, event.b, from: 0) }
    case 0x34: if !isWrite { empty(pe, event.b, from: 32) }
    case 0x100..<0x200: list(pe, Int(event.offset - 0x100) / 4, event.b, isWrite)
    default: break
    }
  }

  /// What an access to a banked frame has for its owner where nothing tells the PE.
  private static let noOwner: UInt32 = 0xFF_FFFF

  private mutating func control(_ pe: UInt32, _ time: UInt64, _ value: UInt64, _ format: ListRegisterFormat) {
    if value & 1 != 0 {
      self.format = format
      open[pe] = loads.count
      isOn.insert(pe)
      loads.append(RegisterLoad(from: time, to: time, pe: pe, control: UInt32(truncatingIfNeeded: value)))
    } else if isOn.remove(pe) != nil, let at = open[pe] {
      loads[at].to = time
    }
  }

  /// EOICount (IHI 0048B, 5.3.1; IHI 0069H, 12.4.5) has bits 31:27 of both control registers.
  private mutating func ends(_ pe: UInt32, _ control: UInt64) {
    guard let at = open[pe], isOn.contains(pe) else { return }
    loads[at].ends = Int(control >> 27 & 0x1F)
  }

  private mutating func list(_ pe: UInt32, _ index: Int, _ value: UInt64, _ isWrite: Bool) {
    guard let at = open[pe], index < 64 else { return }
    if isWrite {
      // Software clears what it took back; what it loads comes before anything is taken back.
      guard isOn.contains(pe), value != 0, loads[at].left.isEmpty else { return }
      while loads[at].values.count <= index { loads[at].values.append(0) }
      loads[at].values[index] = value
    } else {
      while loads[at].left.count <= index { loads[at].left.append(nil) }
      loads[at].left[index] = value
    }
  }

  private mutating func empty(_ pe: UInt32, _ bits: UInt64, from first: Int) {
    guard let at = open[pe], let format else { return }
    for (index, value) in loads[at].values.enumerated() where index >= first && index < first + 32 {
      while loads[at].left.count <= index { loads[at].left.append(nil) }
      guard bits >> UInt64(index - first) & 1 != 0 else { continue }
      let state: UInt64 = format == .gich ? 3 << 28 : 3 << 62
      loads[at].left[index] = value & ~state
    }
  }
}
