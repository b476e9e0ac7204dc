/// What the operands of each kind of event mean: the one table that the printer, the dissector and the
/// documentation derive from, and that the accessors in `EventAccess.swift` are tested against.
public struct EventLayout: Sendable {
  /// Which word of the record, or of its first continuation, a field lies in.
  public enum Word: Sendable {
    /// The record's flags.
    case flags
    /// The record's first operand.
    case a
    /// The record's second operand.
    case b
    /// The continuation's first operand.
    case moreA
    /// The continuation's second operand.
    case moreB
  }

  /// How a field is written for people.
  public enum Style: LayoutStyle {
    /// A decimal number.
    case decimal
    /// A hexadecimal number.
    case hex
    /// A single bit.
    case flag
    /// A ``Frame``'s name.
    case frame
    /// A ``SystemRegister``'s name.
    case register
    /// log2 of a size in bytes, written as the size.
    case size
  }

  /// A field: some bits of a word. Its name is the manual's or the kind's.
  public typealias Field = LayoutField<Word, Style>

  /// The kind described.
  public let kind: EventKind
  /// Its stable name.
  public let name: String
  /// How many continuation records follow; nil if that varies.
  public let continuations: Int?
  /// Its fields.
  public let fields: [Field]

  init(_ kind: EventKind, _ name: String, continuations: Int? = 0, _ fields: [Field] = []) {
    self.kind = kind
    self.name = name
    self.continuations = continuations
    self.fields = fields
  }

  /// The layout of a kind, or nil if the kind is not known.
  public static func of(_ kind: EventKind) -> EventLayout? { byKind[Int(kind.rawValue)] }

  private static let byKind: [EventLayout?] = {
    var table = [EventLayout?](repeating: nil, count: 256)
    for layout in all { table[Int(layout.kind.rawValue)] = layout }
    return table
  }()

  private static let access: [Field] = [
    Field("size", .flags, 0, 2, .size), Field("secure", .flags, 2, 1, .flag),
    Field("securityShown", .flags, 3, 1, .flag), Field("refused", .flags, 4, 1, .flag),
    Field("incomplete", .flags, 5, 1, .flag),
  ]
  private static let mmio: [Field] =
    [
      Field("frame", .a, 32, 8, .frame), Field("owner", .a, 40, 24), Field("offset", .a, 0, 32, .hex),
      Field("value", .b, 0, 64, .hex),
    ] + access
  private static let sysreg: [Field] =
    [Field("register", .a, 0, 16, .register), Field("value", .b, 0, 64, .hex)] + access

  /// Every kind, in the order of its number.
  public static let all: [EventLayout] = (controller + hypervisor + software + capture)

  private static let controller: [EventLayout] = [
    EventLayout(.mmioRead, "mmioRead", mmio),
    EventLayout(.mmioWrite, "mmioWrite", mmio),
    EventLayout(.sysregRead, "sysregRead", sysreg),
    EventLayout(.sysregWrite, "sysregWrite", sysreg),
    EventLayout(.lineLevel, "lineLevel", [Field("intid", .a, 0, 32), Field("level", .b, 0, 1)]),
    EventLayout(
      .msi,
      "msi",
      [
        Field("deviceID", .a, 32, 32, .hex), Field("eventID", .a, 0, 32, .hex), Field("instance", .b, 0, 32),
        Field("frame", .b, 32, 8, .frame), Field("refused", .flags, 4, 1, .flag),
        Field("cachedTranslation", .flags, 0, 1, .flag),
      ]
    ),
    EventLayout(
      .itsCommand,
      "itsCommand",
      continuations: 1,
      [
        Field("opcode", .a, 0, 8, .hex), Field("dw0", .a, 0, 64, .hex), Field("dw1", .b, 0, 64, .hex),
        Field("dw2", .moreA, 0, 64, .hex), Field("dw3", .moreB, 0, 64, .hex), Field("its", .flags, 4, 4),
        Field("operandsHidden", .flags, 0, 1, .flag),
      ]
    ),
    EventLayout(
      .memoryWrite, "memoryWrite",
      [Field("address", .a, 0, 64, .hex), Field("value", .b, 0, 64, .hex), Field("size", .flags, 0, 2, .size)]),
    EventLayout(.sgiPending, "sgiPending", [Field("intid", .a, 0, 32), Field("source", .b, 0, 32)]),
    EventLayout(
      .cpuLine,
      "cpuLine",
      [
        Field("irq", .a, 0, 1), Field("fiq", .a, 1, 1), Field("virq", .a, 2, 1), Field("vfiq", .a, 3, 1),
        Field("nmi", .a, 4, 1), Field("shown", .b, 0, 5, .hex), Field("incomplete", .flags, 5, 1, .flag),
      ]
    ),
    EventLayout(.maintenanceLine, "maintenanceLine", [Field("level", .a, 0, 1)]),
    EventLayout(
      .highestPending,
      "highestPending",
      [
        Field("intid", .a, 0, 32), Field("priority", .a, 32, 16), Field("group", .a, 48, 4),
        Field("priorityMask", .b, 0, 16), Field("runningPriority", .b, 16, 16), Field("virtual", .flags, 0, 1, .flag),
        Field("maskShown", .flags, 1, 1, .flag), Field("groupShown", .flags, 2, 1, .flag),
        Field("incomplete", .flags, 5, 1, .flag),
      ]
    ),
    EventLayout(
      .tableEntry,
      "tableEntry",
      continuations: nil,
      [
        Field("table", .flags, 0, 2), Field("write", .flags, 2, 1, .flag), Field("fault", .flags, 3, 1, .flag),
        Field("its", .flags, 4, 4), Field("a", .a, 0, 64, .hex), Field("b", .b, 0, 64, .hex),
        Field("moreA", .moreA, 0, 64, .hex), Field("moreB", .moreB, 0, 64, .hex),
      ]
    ),
    EventLayout(.acknowledge, "acknowledge", [Field("intid", .a, 0, 32), Field("frame", .b, 0, 8, .frame)]),
    EventLayout(.listRegister, "listRegister", [Field("index", .a, 0, 8), Field("value", .b, 0, 64, .hex)]),
    EventLayout(
      .exceptionEntry,
      "exceptionEntry",
      [
        Field("type", .a, 0, 8), Field("fromEL", .a, 8, 4), Field("toEL", .a, 12, 4),
        Field("syndrome", .b, 0, 64, .hex),
      ]
    ),
    EventLayout(
      .exceptionReturn, "exceptionReturn",
      [Field("fromEL", .a, 8, 4), Field("toEL", .a, 12, 4), Field("pc", .b, 0, 64, .hex)]),
    EventLayout(
      .itsProcess, "itsProcess",
      [Field("index", .a, 0, 64), Field("opcode", .b, 0, 8, .hex), Field("its", .flags, 4, 4)]),
    EventLayout(.enableChange, "enableChange", [Field("intid", .a, 0, 32), Field("enabled", .b, 0, 1)]),
    EventLayout(
      .virtualHighestPending,
      "virtualHighestPending",
      [
        Field("listRegister", .a, 0, 32), Field("vlpi", .b, 0, 32), Field("priority", .b, 32, 16),
        Field("group", .b, 48, 4),
      ]
    ),
  ]

  private static let capture: [EventLayout] = [
    EventLayout(.gap, "gap", [Field("lost", .a), Field("reason", .b)]),
    EventLayout(
      .topology, "topology", [Field("key", .a, 0, 16), Field("index", .a, 16, 32), Field("value", .b, 0, 64, .hex)]),
    EventLayout(
      .marker, "marker", continuations: nil,
      [
        Field("kind", .a, 0, 16), Field("length", .a, 16, 16), Field("number", .a, 32, 32), Field("line", .b),
      ]),
    EventLayout(.packet, "packet", [Field("length", .a, 0, 32), Field("interface", .b, 0, 32)]),
    EventLayout(.continuation, "continuation", [Field("a", .a, 0, 64, .hex), Field("b", .b, 0, 64, .hex)]),
  ]
}

extension LayoutField where Word == EventLayout.Word, Style == EventLayout.Style {
  /// The field's value in a record and its continuation.
  public func value(in event: Event, continuation: Event? = nil) -> UInt64 {
    switch word {
    case .flags: bits(of: UInt64(event.flags.rawValue))
    case .a: bits(of: event.a)
    case .b: bits(of: event.b)
    case .moreA: bits(of: continuation?.a ?? 0)
    case .moreB: bits(of: continuation?.b ?? 0)
    }
  }
}
