import InterruptTrace

extension Topology {
  /// Whether the capture shows a controller. A kernel's trace shows what the kernel did, nothing of the controller under it.
  public var showsController: Bool {
    self[.architecture] != nil || self[.sourceFormat] != .ftrace
  }

  /// The controller in one line: `GICv3, 4 PEs, 256 SPIs, 16 INTID bits, 1 ITS, one Security state (QEMU 7.2)`.
  public var title: String {
    var parts = [showsController ? architecture.name : "unknown (kernel trace without GIC registers)"]
    if let count = self[.peCount] { parts.append(Units.count(count, "PE")) }
    if let lines = self[.itLinesNumber] {
      parts.append("\(min(32 * (lines & 31) + 32, Int(INTID.spis.upperBound)) - Int(INTID.firstSPI)) SPIs")
    }
    if let bits = self[.intidBits] { parts.append("\(bits) INTID bits") }
    if let bits = self[.priorityBits] { parts.append("\(bits) priority bits") }
    let itses = Set(entries.filter { ($0.key == .gitsBase || $0.key == .gitsTyper) && $0.domain == 0 }.map(\.index))
      .count
    if itses > 0 { parts.append(Units.count(itses, "ITS", "ITSes")) }
    if let registers = self[.listRegisters] { parts.append(Units.count(registers, "list register")) }
    switch self[.securityStates] {
    case .one: parts.append("one Security state")
    case .two: parts.append("two Security states")
    case nil: break
    }
    if self[.controllers] ?? 1 > 1 { parts.append("mixed with another controller, so that nothing is certain") }
    if self[.lacksThreads] == true { parts.append("of one of several threads' logs, so that nothing is certain") }
    if let profile = self[.profile], profile != .arch { parts.append("as \(profile.title)") }
    return parts.joined(separator: ", ")
  }

  /// Every fact, with where it comes from.
  public func table(_ style: TextStyle) -> String {
    var table = TextTable([("fact", .left), ("value", .left), ("known from", .left)])
    for entry in entries {
      var name = entry.key.name
      if entry.key.isIndexed { name += "[\(entry.index)]" }
      if entry.domain != 0 { name = "guest \(entry.domain) " + name }
      table.add([.init(name), .init(entry.valueText), .init(entry.source.title, .faint)])
    }
    return table.render(style)
  }

  /// Every fact, for scripts.
  public var json: ValueTree {
    .list(
      entries.map { entry in
        var members: [ValueTree.Member] = [.init("name", .text(entry.key.name))]
        if entry.key.isIndexed { members.append(.init("index", .number(UInt64(entry.index)))) }
        if entry.domain != 0 { members.append(.init("domain", .number(UInt64(entry.domain)))) }
        members += [.init("value", .number(entry.value)), .init("source", .text(entry.source.name))]
        return .object(members)
      }
    )
  }
}

extension Topology.Entry {
  /// The value as a person would write it.
  var valueText: String {
    switch key {
    case .architecture: Topology.Architecture(rawValue: value)?.name ?? "\(value)"
    case .profile: Topology.Profile(rawValue: value)?.title ?? "\(value)"
    case .timeShift: "\(Int64(bitPattern: value)) ns"
    case .formatVersion, .kernelRelease: "\(value >> 16).\(value & 0xFFFF)"
    case .affinity: "\(value >> 24 & 255).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    default: key.isHexadecimal ? "0x" + String(value, radix: 16) : "\(value)"
    }
  }
}

extension Topology.Key {
  /// The names that `--topology` files and scripts use.
  package static let names: [(Topology.Key, String)] = [
    (.formatVersion, "format_version"), (.epoch, "epoch"), (.architecture, "architecture"), (.peCount, "pe_count"),
    (.affinity, "affinity"), (.itLinesNumber, "it_lines_number"), (.priorityBits, "priority_bits"),
    (.preemptionBits, "preemption_bits"), (.listRegisters, "list_registers"), (.intidBits, "intid_bits"),
    (.securityStates, "security_states"), (.profile, "profile"), (.hasEL2, "has_el2"), (.hasEL3, "has_el3"),
    (.resetToGroup1, "reset_to_group1"), (.sourceFormat, "source_format"), (.startsAtReset, "starts_at_reset"),
    (.affinityRouting, "affinity_routing"), (.controllers, "controllers"),
    (.lacksThreads, "lacks_threads"), (.kernelRelease, "kernel_release"), (.timeShift, "time_shift"),
    (.gicdBase, "gicd_base"), (.giccBase, "gicc_base"), (.gichBase, "gich_base"), (.gicvBase, "gicv_base"),
    (.gicrBase, "gicr_base"), (.gicrStride, "gicr_stride"), (.gitsBase, "gits_base"), (.gicmBase, "gicm_base"),
    (.gicdTyper, "gicd_typer"), (.gicrTyper, "gicr_typer"), (.gitsTyper, "gits_typer"), (.vtr, "vtr"),
    (.gicmFirstSPI, "gicm_first_spi"), (.gicmSPICount, "gicm_spi_count"),
  ]

  /// The name that `--topology` files and scripts use.
  package var name: String { Self.names.first { $0.0 == self }?.1 ?? "fact\(rawValue)" }

  /// The fact of a name, or nil.
  package init?(name: some StringProtocol) {
    guard let key = Self.names.first(where: { $0.1 == name })?.0 else { return nil }
    self = key
  }

  /// Whether there may be several: one per PE, ITS, region or frame.
  package var isIndexed: Bool {
    [.affinity, .gicrBase, .gitsBase, .gicmBase, .gicrTyper, .gitsTyper, .gicmFirstSPI, .gicmSPICount].contains(self)
  }

  /// Whether the value is an address or a register.
  var isHexadecimal: Bool { (32..<64).contains(rawValue) || (64..<68).contains(rawValue) }
}

extension Topology.Architecture {
  /// `GICv3`.
  public var name: String {
    switch self {
    case .v2: "GICv2"
    case .v3: "GICv3"
    case .v3_1: "GICv3.1"
    case .v3_3: "GICv3.3"
    case .v4: "GICv4"
    case .v4_1: "GICv4.1"
    }
  }

  /// The version of a name: `v3`, `GICv3`, `3`, `3.1`.
  public init?(name: some StringProtocol) {
    let version = name.lowercased().drop { $0 == "g" || $0 == "i" || $0 == "c" || $0 == "v" }
    switch version {
    case "2": self = .v2
    case "3", "3.0": self = .v3
    case "3.1": self = .v3_1
    case "3.3": self = .v3_3
    case "4", "4.0": self = .v4
    case "4.1": self = .v4_1
    default: return nil
    }
  }
}

extension Topology.Profile {
  /// For people.
  public var title: String {
    switch self {
    case .arch: "the architecture"
    case .qemu7: "QEMU 7.2"
    case .qemu10: "QEMU 10"
    case .kvm: "KVM"
    }
  }

  /// The profile of a name: `arch`, `qemu7`, `qemu10`, `kvm`.
  public init?(name: some StringProtocol) {
    switch name {
    case "arch": self = .arch
    case "qemu7": self = .qemu7
    case "qemu", "qemu10": self = .qemu10
    case "kvm": self = .kvm
    default: return nil
    }
  }
}

extension Topology.Source {
  private var words: (name: String, title: String) {
    switch self {
    case .assumed: ("assumed", "assumed")
    case .inferred: ("inferred", "inferred from the capture")
    case .deviceTree: ("device-tree", "device tree")
    case .header: ("header", "the capture's header")
    case .register: ("register", "an identification register")
    case .user: ("user", "--topology")
    }
  }

  /// The name that scripts depend on.
  public var name: String { words.name }
  /// For people.
  public var title: String { words.title }
}
