import ArgumentParser
import GICModel
import InterruptTrace
import Reports

/// `gicscope registers`.
struct RegistersCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "registers", abstract: "The register map as the model knows it.")

  @Argument(help: "Only registers whose name contains this, or the array of one: GICR, PRIORITY, GICH_LR3.")
  var name: String?

  @OptionGroup var json: JSONOptions

  var inputs: [String] { [] }
  var outputs: [NamedOutput] { json.outputs }

  func run() throws {
    let wanted = name?.uppercased()
    let registers = [Frame.gicd, .gicr, .gits, .gicc, .gicv, .gich].compactMap(RegisterMap.of).flatMap(\.registers)
      .filter { register in wanted.map { register.rangeName.contains($0) || register.holds($0) } ?? true }
    let system = SystemRegister.all.filter { register in wanted.map { register.name.contains($0) } ?? true }
    guard !(registers.isEmpty && system.isEmpty) else {
      throw UsageError(message: "no register is named '\(name ?? "")'")
    }
    try json.write(
      text: { Self.text(registers, system, $0) },
      json: {
        Document.json(
          command: "registers",
          trace: nil,
          [
            .init("registers", .list(registers.map(\.json))),
            .init("system_registers", .list(system.map { .text($0.name) })),
          ]
        )
      }
    )
  }

  private static func text(
    _ registers: [RegisterDescription], _ system: [SystemRegister], _ style: TextStyle
  ) -> String {
    var table = TextTable([
      ("register", .left), ("offset", .right), ("width", .right), ("bits per INTID", .right), ("access", .left),
      ("Security", .left), ("reset", .left), ("section", .left), ("", .left),
    ])
    for register in registers {
      table.add([
        .init(register.rangeName), .init("0x" + String(register.offset, radix: 16)), .init("\(register.width)"),
        .init(register.bitsPerINTID == 0 ? "" : "\(register.bitsPerINTID)"), .init(register.access.rawValue),
        .init(register.security.rawValue), .init(register.reset.map { "0x" + String($0, radix: 16) } ?? ""),
        .init(register.section, .faint), .init(register.summary, .faint),
      ])
    }
    var out = table.render(style, indent: 0)
    if !system.isEmpty {
      if !out.isEmpty { out += "\n" }
      out += style.apply(.heading, "System registers") + "\n" + system.map { $0.name + "\n" }.joined()
    }
    return out
  }
}

extension RegisterDescription {
  /// `GICD_ISENABLER0 … 31`.
  fileprivate var rangeName: String { count == 1 ? name : "\(name)\(firstIndex) … \(firstIndex + count - 1)" }

  /// Whether this is the array that a register is in: `GICH_ELRSR1` is one of `GICH_ELRSR0 … 1`.
  fileprivate func holds(_ element: String) -> Bool {
    guard count > 1, element.hasPrefix(name), let index = Int(element.dropFirst(name.count)) else { return false }
    return (firstIndex..<firstIndex + count).contains(index)
  }

  fileprivate var json: ValueTree {
    [
      "name": .text(name), "frame": .text(frame.name), "offset": .number(UInt64(offset)),
      "stride": .number(UInt64(stride)), "count": .number(UInt64(count)), "first_index": .number(UInt64(firstIndex)),
      "width": .number(UInt64(width)), "bits_per_intid": .number(UInt64(bitsPerINTID)),
      "sizes": .list(sizes.map { .number(UInt64($0)) }), "access": .text(access.rawValue),
      "security": .text(security.rawValue), "reset": .optional(reset), "section": .text(section),
      "summary": .text(summary),
    ]
  }
}
