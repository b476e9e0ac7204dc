import InterruptTrace

/// Writes events as text, JSON lines or CSV, after the table in ``EventLayout``.
public struct EventPrinter {
  /// How events are written.
  public enum Format: String, CaseIterable, Sendable {
    /// A line for people.
    case text
    /// A JSON object on a line.
    case jsonl
    /// Comma-separated values, with a header.
    case csv
  }

  /// Gives the register at an offset of a frame, or nil.
  public typealias RegisterName = (Frame, UInt32) -> String?

  /// One field, with its name at hand as bytes.
  private struct Field {
    let layout: EventLayout.Field
    let name: [UInt8]
  }
  private struct Kind {
    let name: [UInt8]
    let isKnown: Bool
    let isRegisterAccess: Bool
    let fields: [Field]
  }

  private let format: Format
  private let kinds: [Kind]
  private let registerName: RegisterName
  private var registerNames: [UInt64: [UInt8]] = [:]

  /// A printer; `registerName` names memory-mapped registers.
  public init(_ format: Format, registerName: @escaping RegisterName = { _, _ in nil }) {
    self.format = format
    self.registerName = registerName
    kinds = (0..<256).map { number in
      let kind = EventKind(rawValue: UInt8(number))
      let layout = EventLayout.of(kind)
      return Kind(
        name: Array(Self.kindName(kind).utf8),
        isKnown: layout != nil,
        isRegisterAccess: kind == .mmioRead || kind == .mmioWrite,
        fields: (layout?.fields ?? []).map { Field(layout: $0, name: Array(Self.fieldName($0, kind).utf8)) }
      )
    }
  }

  /// The stable name of a kind; `kind17` if it is not known.
  public static func kindName(_ kind: EventKind) -> String { EventLayout.of(kind)?.name ?? "kind\(kind.rawValue)" }

  /// A marker's own kind must not hide the event's.
  private static func fieldName(_ field: EventLayout.Field, _ kind: EventKind) -> String {
    kind == .marker && field.name == "kind" ? "markerKind" : field.name
  }

  /// The CSV header; nothing for other formats.
  public func header(into out: inout ByteBuffer) {
    if format == .csv { out.append("event,time_ns,domain,pe,kind,flags,a,b,more_a,more_b,register,fields\n") }
  }

  /// Appends one event with its continuations.
  public mutating func print(_ group: UnsafeBufferPointer<Event>.SubSequence, index: UInt64, into out: inout ByteBuffer)
  {
    guard let event = group.first else { return }
    let continuations = group.dropFirst()
    switch format {
    case .text: printText(event, continuations, index, &out)
    case .jsonl: printJSON(event, continuations, index, &out)
    case .csv: printCSV(event, continuations, index, &out)
    }
  }

  /// One event as text, without its number's padding or a newline.
  public mutating func line(_ group: UnsafeBufferPointer<Event>.SubSequence, index: UInt64) -> String {
    var out = ByteBuffer()
    if let event = group.first { printText(event, group.dropFirst(), index, &out) }
    return String(decoding: out.bytes.drop { $0 == 0x20 }.dropLast(), as: UTF8.self)
  }

  // MARK: Text

  private mutating func printText(
    _ event: Event,
    _ more: UnsafeBufferPointer<Event>.SubSequence,
    _ index: UInt64,
    _ out: inout ByteBuffer
  ) {
    var number = ByteBuffer()
    number.append("#")
    number.append(decimal: index)
    out.append(repeating: 0x20, count: 9 - number.bytes.count)
    out.append(number.bytes)
    out.append(decimal: event.time / 1_000_000_000, width: 7)
    out.append(".")
    let nanoseconds = event.time % 1_000_000_000
    for divisor in [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1] as [UInt64] {
      out.bytes.append(0x30 &+ UInt8(truncatingIfNeeded: nanoseconds / divisor % 10))
    }
    out.append("  ")
    let start = out.bytes.count
    if event.domain != 0 {
      out.append("guest ")
      out.append(decimal: UInt64(event.domain))
      out.append(" ")
    }
    if event.pe != PE.none {
      out.append("PE ")
      out.append(decimal: UInt64(event.pe))
    }
    out.append(repeating: 0x20, count: 6 - (out.bytes.count - start))
    out.append(" ")
    let kind = kinds[Int(event.kind.rawValue)]
    out.append(kind.name)
    printFields(kind, event, more, &out)
    if event.kind == .marker { printMarkerText(event, more, &out) }
    out.append("\n")
  }

  private mutating func printFields(
    _ kind: Kind,
    _ event: Event,
    _ more: UnsafeBufferPointer<Event>.SubSequence,
    _ out: inout ByteBuffer
  ) {
    if !kind.isKnown {
      out.append(" flags=")
      out.append(hex: UInt64(event.flags.rawValue))
      out.append(" a=")
      out.append(hex: event.a)
      out.append(" b=")
      out.append(hex: event.b)
      return
    }
    let isNamed = kind.isRegisterAccess && event.flags.rawValue & EventFlags.absolute.rawValue == 0
    if isNamed {
      out.append(" ")
      out.append(register(event))
    }
    for field in kind.fields {
      if isNamed, field.layout.word == .a, field.layout.low != 40 { continue }
      let value = field.layout.value(in: event, continuation: more.first)
      switch field.layout.style {
      case .flag:
        guard value != 0 else { continue }
        out.append(" ")
        out.append(field.name)
      default:
        out.append(" ")
        out.append(field.name)
        out.append("=")
        printValue(value, field.layout.style, &out)
      }
    }
  }

  private func printValue(_ value: UInt64, _ style: EventLayout.Style, _ out: inout ByteBuffer) {
    switch style {
    case .decimal, .flag: out.append(decimal: value)
    case .hex: out.append(hex: value)
    case .frame: out.append(Frame(rawValue: UInt8(truncatingIfNeeded: value)).name)
    case .register: out.append(SystemRegister(rawValue: UInt16(truncatingIfNeeded: value)).name)
    case .size: out.append(decimal: 1 << (value & 3))
    }
  }

  /// `GICD_ISENABLER1`, or `GICD+0x104` where no register has that offset.
  private mutating func register(_ event: Event) -> [UInt8] {
    let key = event.a & 0xFF_FFFF_FFFF
    if let known = registerNames[key] { return known }
    var name = ByteBuffer()
    if let found = registerName(event.frame, event.offset) {
      name.append(found)
    } else {
      name.append(event.frame.name)
      name.append("+")
      name.append(hex: UInt64(event.offset))
    }
    // Offsets come from the capture: what is remembered must have a limit.
    if registerNames.count < 65536 { registerNames[key] = name.bytes }
    return name.bytes
  }

  private func printMarkerText(
    _ event: Event,
    _ more: UnsafeBufferPointer<Event>.SubSequence,
    _ out: inout ByteBuffer
  ) {
    guard !more.isEmpty else { return }
    out.append(" \"")
    out.append(Self.markerText(event, more))
    out.append("\"")
  }

  /// The bytes of a marker's text; control characters become blanks.
  public static func markerText(_ event: Event, _ more: UnsafeBufferPointer<Event>.SubSequence) -> [UInt8] {
    var text: [UInt8] = []
    let length = Int((event.a >> 16) & 0xFFFF)
    for part in more where part.kind == .continuation {
      for word in [part.a, part.b] {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
          text.append(UInt8(truncatingIfNeeded: word >> shift))
        }
      }
    }
    return text.prefix(length).map { $0 < 0x20 ? 0x20 : $0 }
  }

  // MARK: JSON lines

  private mutating func printJSON(
    _ event: Event,
    _ more: UnsafeBufferPointer<Event>.SubSequence,
    _ index: UInt64,
    _ out: inout ByteBuffer
  ) {
    let kind = kinds[Int(event.kind.rawValue)]
    out.append("{\"event\":")
    out.append(decimal: index)
    out.append(",\"time_ns\":")
    out.append(decimal: event.time)
    if event.domain != 0 {
      out.append(",\"domain\":")
      out.append(decimal: UInt64(event.domain))
    }
    if event.pe != PE.none {
      out.append(",\"pe\":")
      out.append(decimal: UInt64(event.pe))
    }
    out.append(",\"kind\":\"")
    out.append(kind.name)
    out.append("\"")
    if kind.isRegisterAccess, event.flags.rawValue & EventFlags.absolute.rawValue == 0 {
      out.append(",\"register\":\"")
      out.append(register(event))
      out.append("\"")
    }
    if !kind.isKnown {
      for (name, value) in [("flags", UInt64(event.flags.rawValue)), ("a", event.a), ("b", event.b)] {
        out.append(",\"\(name)\":")
        out.append(decimal: value)
      }
    }
    for field in kind.fields {
      let value = field.layout.value(in: event, continuation: more.first)
      if field.layout.style == .flag, value == 0 { continue }
      out.append(",\"")
      out.append(field.name)
      out.append("\":")
      switch field.layout.style {
      case .flag: out.append("true")
      case .frame, .register:
        out.append("\"")
        printValue(value, field.layout.style, &out)
        out.append("\"")
      case .size: printValue(value, .size, &out)
      case .decimal, .hex: out.append(decimal: value)
      }
    }
    if event.kind == .marker {
      out.append(",\"text\":")
      out.appendJSON(String(decoding: Self.markerText(event, more), as: UTF8.self))
    }
    out.append("}\n")
  }

  // MARK: CSV

  private mutating func printCSV(
    _ event: Event,
    _ more: UnsafeBufferPointer<Event>.SubSequence,
    _ index: UInt64,
    _ out: inout ByteBuffer
  ) {
    let kind = kinds[Int(event.kind.rawValue)]
    out.append(decimal: index)
    for value in [event.time, UInt64(event.domain)] {
      out.append(",")
      out.append(decimal: value)
    }
    out.append(",")
    if event.pe != PE.none { out.append(decimal: UInt64(event.pe)) }
    out.append(",")
    out.append(kind.name)
    for value in [UInt64(event.flags.rawValue), event.a, event.b] {
      out.append(",")
      out.append(decimal: value)
    }
    for value in [more.first?.a, more.first?.b] {
      out.append(",")
      if let value { out.append(decimal: value) }
    }
    out.append(",")
    if kind.isRegisterAccess { out.append(register(event)) }
    if event.kind == .sysregRead || event.kind == .sysregWrite { out.append(event.register.name) }
    out.append(",")
    var fields = ByteBuffer()
    printFields(kind, event, more, &fields)
    if event.kind == .marker { printMarkerText(event, more, &fields) }
    out.appendCSV(fields.bytes.dropFirst())
    out.append("\n")
  }
}
