import InterruptTrace

/// One of QEMU's trace events: its name, what its line looks like and what is made of it.
///
/// In `text`, `{x}` stands for a hexadecimal number, `{d}` for a decimal number with an optional sign, `{w}` for
/// one of the words `cpu`, `vcpu`, `irq`, `fiq`, `virq`, `vfiq`; everything else stands for itself. The order of
/// the fields is the order in which ``LogDecoder`` finds their values.
struct LogEvent: Sendable {
  /// The event's name.
  let name: String
  /// The line behind the name and one space.
  let text: String
  /// What becomes of it.
  let action: Action
  /// The register, or the first of a row of registers, or an ITS command's opcode, or an ``ITSTable``.
  let operand: UInt16

  init(_ name: String, _ text: String, _ action: Action, operand: UInt16 = 0) {
    self.name = name
    self.text = text
    self.action = action
    self.operand = operand
  }

  init(_ name: String, _ text: String, _ action: Action, _ register: SystemRegister) {
    self.init(name, text, action, operand: register.rawValue)
  }

  /// What becomes of an event. The comment gives the fields in their order.
  enum Action: UInt8, Sendable {
    // GICv2
    case v2DistributorRead  // offset, size, value
    case v2DistributorWrite  // offset, size, value
    case v2InterfaceRead  // cpu|vcpu, cpu, offset, value
    case v2InterfaceWrite  // cpu|vcpu, cpu, offset, value
    case v2HypervisorRead  // offset, value
    case v2HypervisorWrite  // offset, value
    case v2Enable  // intid
    case v2Disable  // intid
    case v2Line  // intid, level, mask of CPUs, targets
    case v2HighestPending  // cpu|vcpu, cpu, intid, priority, priority mask, running priority
    case v2CPULine  // cpu, irq|fiq|virq|vfiq, level
    case v2Acknowledge  // cpu|vcpu, cpu, intid
    case v2ListRegister  // cpu, index, value
    case v2Maintenance  // cpu, level

    // CPU interface: `operand` is the register
    case read  // affinity, value
    case write  // affinity, value
    case readOfGroup  // group, affinity, value
    case writeOfGroup  // group, affinity, value
    case readActivePriorities  // group, n, affinity, value
    case writeActivePriorities  // group, n, affinity, value
    case readListRegister  // n, affinity, value
    case writeListRegister  // n, affinity, value
    case acknowledgeRead  // affinity, value
    case virtualAcknowledgeRead  // group, affinity, value
    case generateSGI  // affinity, intid, IRM, target affinity, target list

    // CPU interface: observations
    case highestPending  // affinity, intid, group, priority
    case cpuLines  // affinity, fiq, irq
    case virtualHighestPending  // affinity, list register, vLPI, group, priority
    case virtualCPULines  // affinity, fiq, irq
    case maintenanceLine  // affinity, level

    // Distributor
    case distributorRead  // offset, value, size, secure
    case distributorBadRead  // offset, size, secure
    case distributorWrite  // offset, value, size, secure
    case distributorBadWrite  // offset, value, size, secure
    case distributorLine  // intid, level

    // Redistributor
    case redistributorRead  // affinity, offset, value, size, secure
    case redistributorBadRead  // affinity, offset, size, secure
    case redistributorWrite  // affinity, offset, value, size, secure
    case redistributorBadWrite  // affinity, offset, value, size, secure
    case redistributorLine  // affinity, intid, level
    case sgiPending  // affinity, intid

    // ITS
    case itsRead  // offset, value, size
    case itsBadRead  // offset, size
    case itsWrite  // offset, value, size
    case itsBadWrite  // offset, value, size
    case translation  // offset, value, size, DeviceID
    case processCommand  // index, opcode
    case command  // the operands; `operand` is the opcode
    case unknownCommand  // opcode
    case tableRead  // the entry; `operand` is the table
    case tableWrite  // the entry; `operand` is the table
    case tableFault  // the index; `operand` is the table
  }
}

extension LogEvent {
  /// Every event of a GIC that the importer knows. An event's place in the list is its number.
  static let all: [LogEvent] =
    gicv2 + cpuInterface + virtualCPUInterface + hypervisorControl + distributor + its

  /// Every name in the list is shorter than this.
  static let nameLimit = 32

  /// A line of this event, with field `n` set to `values[n]`, as QEMU would write it.
  func line(_ values: [UInt64], word: String = "cpu") -> String {
    var line = name + " "
    var rest = text[...]
    var index = 0
    while let brace = rest.firstIndex(of: "{") {
      line += rest[..<brace]
      let kind = rest[rest.index(after: brace)]
      let value = index < values.count ? values[index] : 0
      switch kind {
      case "x": line += String(value, radix: 16)
      case "d": line += String(Int64(bitPattern: value))
      default: line += word
      }
      index += 1
      rest = rest[rest.index(brace, offsetBy: 3)...]
    }
    return line + rest
  }

  /// How many fields the line has.
  var fieldCount: Int { text.count { $0 == "{" } }
}
