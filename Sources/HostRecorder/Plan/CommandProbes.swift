/// Where commands of guests' ITSes are seen.
enum GuestCommandProbes {
  private static let names = [
    "movi", "int", "clear", "mapd", "mapc", "mapi", "inv", "invall", "movall", "discard",
  ]

  static var alternatives: [[ProbeTemplate]] {
    [
      // All commands pass through one function, which is mostly inlined.
      [
        ProbeTemplate(
          event: "vgic_its_handle_command", function: "vgic_its_handle_command", fetches: words("its_cmd", 2))
      ],
      // KVM copies each command out of the guest's memory. Nothing else that it copies so has 32 bytes.
      [
        ProbeTemplate(
          event: "vgic_its_handle_command", function: "kvm_read_guest", isReturn: true,
          fetches: words("data", 2) + [.init(name: "len", source: .parameter("len", 3), type: "u64")],
          filter: "len == 32")
      ],
      names.map {
        let function = "vgic_its_cmd_handle_\($0)"
        return ProbeTemplate(event: function, function: function, fetches: words("its_cmd", 2))
      },
    ]
  }

  /// The four doublewords of a command (IHI 0069H, 5.3).
  private static func words(_ parameter: String, _ number: Int) -> [ProbeTemplate.Fetch] {
    (0..<4).map { word in
      let path = ProbeTemplate.Path(structure: "", members: "", fixed: word * 8)
      return .init(name: "dw\(word)", source: .member(path, of: parameter, number), type: "x64")
    }
  }
}

/// Where commands of the host's own ITS driver are seen: `its_send_*` are inlined, the functions that they give to
/// another, to build the command, are not.
enum HostCommandProbes {
  static var all: [ProbeTemplate] {
    [
      probe("mapd", [device]), probe("mapti", [device, event, ("irq_id", "phys_id")]),
      probe("movi", [device, event, collection]), probe("discard", [device, event]), probe("inv", [device, event]),
      probe("int", [device, event]), probe("clear", [device, event]),
      probe("vmapti", [device, event, ("irq_id", "virt_id")]), probe("vmovi", [device, event]),
      probe("mapc", [collection]), probe("invall", [collection]),
    ]
  }

  /// The operands of a command: their names as importers know them, and where its description has them.
  private typealias Operand = (name: String, member: String)
  private static let device: Operand = ("devid", "dev->device_id")
  private static let event: Operand = ("eventid", "event_id")
  private static let collection: Operand = ("col_id", "col->col_id")

  /// The operands are in the union that the description of a command is.
  private static func probe(_ command: String, _ operands: [Operand]) -> ProbeTemplate {
    let fetches = operands.map { operand in
      let path = ProbeTemplate.Path(structure: "its_cmd_desc", members: "its_\(command)_cmd.\(operand.member)")
      return ProbeTemplate.Fetch(name: operand.name, source: .member(path, of: "desc", 2), type: "u32")
    }
    return ProbeTemplate(event: "its_send_\(command)", function: "its_build_\(command)_cmd", fetches: fetches)
  }
}
