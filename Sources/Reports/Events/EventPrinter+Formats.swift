import InterruptTrace

extension EventPrinter {
  // MARK: Text

  mutating func printText(_ event: Event, _ more: Group, _ index: UInt64, _ out: inout ByteBuffer) {
    var digits = 1
    var rest = index
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    out.append(repeating: 0x20, count: 8 - digits)
    out.append(byte: 0x23)
    out.append(decimal: index)
    out.append(decimal: event.time / 1_000_000_000, width: 7)
    out.append(byte: 0x2E)
    out.append(nineDigits: event.time % 1_000_000_000)
    out.append("  ")
    let start = out.bytes.count
    if event.domain != 0 {
      out.append("guest ")
      out.append(decimal: UInt64(event.domain))
      out.append(byte: 0x20)
    }
    if event.pe != PE.none {
      out.append("PE ")
      out.append(decimal: UInt64(event.pe))
    }
    out.append(repeating: 0x20, count: 6 - (out.bytes.count - start))
    out.append(byte: 0x20)
    out.append(table.text(table.kind(of: event).name))
    printFields(event, more, &out)
    out.append(byte: 0x0A)
  }

  // MARK: JSON lines

  mutating func printJSON(_ event: Event, _ more: Group, _ index: UInt64, _ out: inout ByteBuffer) {
    let kind = table.kind(of: event)
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
    out.append(table.text(kind.name))
    out.append(byte: 0x22)
    if Self.hasNamedRegister(event) {
      out.append(",\"register\":\"")
      appendRegister(event, &out)
      out.append(byte: 0x22)
    }
    if !kind.isKnown {
      out.append(",\"flags\":")
      out.append(decimal: UInt64(event.flags.rawValue))
      for (name, value) in [("a", event.a), ("b", event.b)] {
        out.append(",\"\(name)\":")
        out.append(quotedHex: value)
      }
    }
    let continuation = more.first ?? Event(time: 0, kind: .continuation)
    let isAbsolute = Self.hasAddress(event)
    if isAbsolute {
      out.append(",\"address\":")
      out.append(quotedHex: event.a)
    }
    for field in table.fields(of: kind) where !(isAbsolute && field.word == .a) && Self.isShown(field, of: event) {
      printJSON(field, field.value(in: event, continuation), &out)
    }
    if let name = handlerName(event) {
      out.append(",\"name\":")
      out.appendJSON(name)
    }
    if event.kind == .marker {
      out.append(",\"text\":")
      out.appendJSON(String(decoding: Self.markerText(event, more), as: UTF8.self))
    }
    out.append("}\n")
  }

  private func printJSON(_ field: EventFieldTable.Field, _ value: UInt64, _ out: inout ByteBuffer) {
    if field.style == .flag, value == 0 { return }
    out.append(",\"")
    out.append(table.text(field.name))
    out.append("\":")
    switch field.style {
    case .flag: out.append("true")
    case .frame, .register:
      out.append(byte: 0x22)
      appendValue(value, field.style, &out)
      out.append(byte: 0x22)
    case .size: appendValue(value, .size, &out)
    case .hex where field.isWide: out.append(quotedHex: value)
    case .decimal, .hex: out.append(decimal: value)
    }
  }

  // MARK: CSV

  /// What stands before and behind the fields' columns.
  static let firstColumns = "event,time_ns,domain,pe,kind,register"
  static let lastColumns = "text,flags,a,b,more_a,more_b"

  mutating func printCSV(_ event: Event, _ more: Group, _ index: UInt64, _ out: inout ByteBuffer) {
    let comma: UInt8 = 0x2C
    let kind = table.kind(of: event)
    out.append(decimal: index)
    out.append(byte: comma)
    out.append(decimal: event.time)
    out.append(byte: comma)
    out.append(decimal: UInt64(event.domain))
    out.append(byte: comma)
    if event.pe != PE.none { out.append(decimal: UInt64(event.pe)) }
    out.append(byte: comma)
    out.append(table.text(kind.name))
    out.append(byte: comma)
    let isAbsolute = Self.hasAddress(event)
    if Self.hasNamedRegister(event) { appendRegister(event, &out) }
    if event.kind == .sysregRead || event.kind == .sysregWrite { appendSystemRegister(event.a & 0xFFFF, &out) }
    var column = -1
    func move(to next: Int) {
      out.append(repeating: comma, count: next - column)
      column = next
    }
    if isAbsolute {
      move(to: 0)
      out.append(hex: event.a)
    }
    let continuation = more.first ?? Event(time: 0, kind: .continuation)
    for field in table.columnFields(of: kind)
    where field.column >= 0 && !(isAbsolute && field.word == .a) && Self.isShown(field, of: event) {
      move(to: Int(field.column))
      let value = field.value(in: event, continuation)
      // What is no wider than a reader's numbers is one.
      appendValue(value, field.style == .hex && !field.isWide ? .decimal : field.style, &out)
    }
    move(to: table.columns.count)
    if event.kind == .marker { out.appendCSV(Self.markerText(event, more)) }
    if let name = handlerName(event) { out.appendCSV(Array(name.utf8)) }
    out.append(byte: comma)
    out.append(decimal: UInt64(event.flags.rawValue))
    out.append(byte: comma)
    out.append(hex: event.a)
    out.append(byte: comma)
    out.append(hex: event.b)
    out.append(byte: comma)
    if let continuation = more.first { out.append(hex: continuation.a) }
    out.append(byte: comma)
    if let continuation = more.first { out.append(hex: continuation.b) }
    out.append(byte: 0x0A)
  }
}
