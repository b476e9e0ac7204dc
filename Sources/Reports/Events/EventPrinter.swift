import Analyzers
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
  /// An event and its continuations.
  public typealias Group = UnsafeBufferPointer<Event>.SubSequence

  /// Offsets come from the capture: what is remembered of them must have a limit.
  private static let rememberedNames = 65536

  /// Where the fields of a line begin.
  private static let fieldsColumn = 34

  /// Lines of text that are longer are broken between fields; nil breaks none.
  public var width: Int?

  let table = EventFieldTable()
  private let format: Format
  private let registerName: RegisterName
  private var registerNames: [UInt64: [UInt8]] = [:]
  /// The names that the capture gave to handlers so far.
  private var names = KernelNameTable()
  private let systemRegisterNames = (0..<256).map { Array(SystemRegister(rawValue: $0).name.utf8) }

  /// A printer; `registerName` names memory-mapped registers.
  public init(_ format: Format, registerName: @escaping RegisterName = { _, _ in nil }) {
    self.format = format
    self.registerName = registerName
  }

  /// The stable name of a kind; `kind17` if it is not known.
  public static func kindName(_ kind: EventKind) -> String { EventLayout.of(kind)?.name ?? "kind\(kind.rawValue)" }

  /// The CSV header; nothing for other formats.
  public func header(into out: inout ByteBuffer) {
    guard format == .csv else { return }
    out.append(([Self.firstColumns] + table.columns + [Self.lastColumns]).joined(separator: ",") + "\n")
  }

  /// Learns the names that events give to others, also to ones that are printed later or elsewhere.
  public mutating func learn(from events: UnsafeBufferPointer<Event>) {
    for index in events.indices where events[index].kind == .marker { names.take(events[index], at: index, of: events) }
  }

  /// The name of the handler that an event enters; nil if it is another event, or the name is not known.
  func handlerName(_ event: Event) -> String? {
    guard event.kind == .handlerEnter else { return nil }
    let name = names.handler(domain: event.domain, irq: event.irq, event.handlerName)
    return name.isEmpty ? nil : name
  }

  /// Appends one event with its continuations.
  public mutating func print(_ group: Group, index: UInt64, into out: inout ByteBuffer) {
    guard let event = group.first else { return }
    switch format {
    case .text:
      let start = out.bytes.count
      printText(event, group.dropFirst(), index, &out)
      if let width { out.breakLine(from: start, width: width, indent: Self.fieldsColumn) }
    case .jsonl: printJSON(event, group.dropFirst(), index, &out)
    case .csv: printCSV(event, group.dropFirst(), index, &out)
    }
  }

  /// One event as text, without its number's padding or a newline.
  public mutating func line(_ group: Group, index: UInt64) -> String {
    var out = ByteBuffer()
    if let event = group.first { printText(event, group.dropFirst(), index, &out) }
    return String(decoding: out.bytes.drop { $0 == 0x20 }.dropLast(), as: UTF8.self)
  }

  // MARK: Parts that the formats share

  /// Fields as `name=value`, each after a blank; flags only where they are set.
  mutating func printFields(_ event: Event, _ more: Group, _ out: inout ByteBuffer) {
    let kind = table.kind(of: event)
    guard kind.isKnown else {
      out.append(" flags=")
      out.append(hex: UInt64(event.flags.rawValue))
      out.append(" a=")
      out.append(hex: event.a)
      out.append(" b=")
      out.append(hex: event.b)
      return
    }
    let isNamed = Self.hasNamedRegister(event)
    let isAbsolute = Self.hasAddress(event)
    if isNamed {
      out.append(byte: 0x20)
      appendRegister(event, &out)
    } else if isAbsolute {
      out.append(" address=")
      out.append(hex: event.a)
    }
    let continuation = more.first ?? Event(time: 0, kind: .continuation)
    for field in table.fields(of: kind) {
      if isAbsolute, field.word == .a { continue }
      if isNamed, field.word == .a, field.low != 40 { continue }
      if !Self.isShown(field, of: event) { continue }
      let value = field.value(in: event, continuation)
      if field.style == .flag, value == 0 { continue }
      out.append(byte: 0x20)
      out.append(table.text(field.name))
      if field.style == .flag { continue }
      out.append(byte: 0x3D)
      appendValue(value, field.style, &out)
    }
    if let name = handlerName(event) {
      out.append(" \"")
      out.append(name)
      out.append("\"")
    }
    if event.kind == .marker, !more.isEmpty {
      out.append(" \"")
      out.append(Self.markerText(event, more))
      out.append("\"")
    }
  }

  /// Whether the capture shows a field of a handler's, a softirq's or an IPI's entry or exit: the INTID and the thread need
  /// not be known, and a name's number only stands for the name.
  static func isShown(_ field: EventFieldTable.Field, of event: Event) -> Bool {
    let isIPI = event.kind == .ipiEnter
    return switch event.kind {
    case .handlerEnter, .handlerExit, .softirqEnter, .ipiEnter:
      switch (field.word, field.low) {
      case (.a, 32): event.flags.contains(isIPI ? .idleKnown : .intidKnown)
      case (.b, 32): event.flags.contains(.threadKnown)
      case (.b, 0): isIPI ? event.flags.contains(.idleKnown) : event.kind != .handlerEnter
      case (.flags, 1), (.flags, 2): false
      default: true
      }
    case .marker:
      field.word != .a || field.low != 32 || event.a & 0xFFFF == UInt64(MarkerKind.interruptName.rawValue)
    default: true
    }
  }

  /// A field's value, without quotes.
  func appendValue(_ value: UInt64, _ style: EventFieldTable.Field.Style, _ out: inout ByteBuffer) {
    switch style {
    case .decimal, .flag: out.append(decimal: value)
    case .hex: out.append(hex: value)
    case .frame: out.append(Frame(rawValue: UInt8(truncatingIfNeeded: value)).name)
    case .register: appendSystemRegister(value, &out)
    case .size: out.append(decimal: 1 << (value & 3))
    }
  }

  /// The manual's name of a system register.
  func appendSystemRegister(_ number: UInt64, _ out: inout ByteBuffer) {
    if number < UInt64(systemRegisterNames.count) {
      out.append(systemRegisterNames[Int(number)])
    } else {
      out.append(SystemRegister(rawValue: UInt16(truncatingIfNeeded: number)).name)
    }
  }

  /// Whether it is an access to a frame and an offset, not to an address.
  static func hasNamedRegister(_ event: Event) -> Bool {
    (event.kind == .mmioRead || event.kind == .mmioWrite) && !event.flags.contains(.absolute)
  }

  /// Whether it is an access to a physical address, whose frame the capture does not tell.
  static func hasAddress(_ event: Event) -> Bool {
    (event.kind == .mmioRead || event.kind == .mmioWrite) && event.flags.contains(.absolute)
  }

  /// `GICD_ISENABLER1`, or `GICD+0x104` where no register has that offset.
  mutating func appendRegister(_ event: Event, _ out: inout ByteBuffer) {
    let key = event.a & 0xFF_FFFF_FFFF
    if let known = registerNames[key] { return out.append(known) }
    var name = ByteBuffer()
    if let found = registerName(event.frame, event.offset) {
      name.append(found)
    } else {
      name.append(event.frame.name)
      name.append("+")
      name.append(hex: UInt64(event.offset))
    }
    if registerNames.count < Self.rememberedNames { registerNames[key] = name.bytes }
    out.append(name.bytes)
  }

  /// The bytes of a marker's text; line feeds and the like become blanks, other control characters are escaped.
  public static func markerText(_ event: Event, _ more: Group) -> [UInt8] {
    let blanked = event.markerText(in: more).map { $0 < 0x20 ? 0x20 : $0 }
    return Array(String(decoding: blanked, as: UTF8.self).printable.utf8)
  }
}
