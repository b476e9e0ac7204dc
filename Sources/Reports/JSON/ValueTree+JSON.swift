import InterruptTrace

extension ValueTree {
  /// The value as JSON: what fits a line stands on one, everything else is indented by two.
  public var jsonText: String {
    var out = ByteBuffer()
    encode(into: &out, indent: 0)
    out.append("\n")
    return String(decoding: out.bytes, as: UTF8.self)
  }

  /// The value as JSON on one line, without blanks.
  public var compactJSON: String {
    var out = ByteBuffer()
    encodeCompact(into: &out)
    return String(decoding: out.bytes, as: UTF8.self)
  }

  private static let lineLength = 120
  /// An array of more values does not stand on one line.
  static let flatLimit = 40

  func encode(into out: inout ByteBuffer, indent: Int) {
    if isFlat {
      let start = out.bytes.count
      encodeCompact(into: &out, separator: ", ", colon: ": ")
      if isScalar || out.bytes.count - start + indent <= Self.lineLength { return }
      out.bytes.removeSubrange(start...)
    }
    func end(_ bracket: UInt8) {
      out.append(byte: 0x0A)
      out.append(repeating: 0x20, count: indent)
      out.append(byte: bracket)
    }
    func beginPart(_ number: Int) {
      out.append(number == 0 ? "\n" : ",\n")
      out.append(repeating: 0x20, count: indent + 2)
    }
    switch self {
    case .list(let values):
      out.append("[")
      for (number, value) in values.enumerated() {
        beginPart(number)
        value.encode(into: &out, indent: indent + 2)
      }
      end(0x5D)
    case .object(let members):
      out.append("{")
      for (number, member) in members.enumerated() {
        beginPart(number)
        out.appendJSON(member.name)
        out.append(": ")
        member.value.encode(into: &out, indent: indent + 2)
      }
      end(0x7D)
    default: break
    }
  }

  /// Whether it could stand on one line: no more than three levels deep, and not long.
  private var isFlat: Bool {
    switch self {
    case .list(let values):
      values.count <= Self.flatLimit && values.allSatisfy { $0.isScalar || $0.isShortArrayOfScalars }
    case .object(let members): members.count <= 24 && members.allSatisfy { $0.value.isScalar }
    default: true
    }
  }

  private var isScalar: Bool {
    switch self {
    case .list(let values): values.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }

  private var isShortArrayOfScalars: Bool {
    guard case .list(let values) = self else { return false }
    return values.count <= 4 && values.allSatisfy(\.isScalar)
  }

  /// The value on one line.
  func encodeCompact(into out: inout ByteBuffer, separator: String = ",", colon: String = ":") {
    switch self {
    case .unknown: out.append("null")
    case .bool(let value): out.append(value ? "true" : "false")
    case .number(let value), .register(let value): out.append(decimal: value)
    case .fraction(let value): out.append(value.isFinite ? "\(value)" : "null")
    case .text(let value): out.appendJSON(value)
    case .list(let values):
      out.append("[")
      for (i, value) in values.enumerated() {
        if i > 0 { out.append(separator) }
        value.encodeCompact(into: &out, separator: separator, colon: colon)
      }
      out.append("]")
    case .object(let members):
      out.append("{")
      for (i, member) in members.enumerated() {
        if i > 0 { out.append(separator) }
        out.appendJSON(member.name)
        out.append(colon)
        member.value.encodeCompact(into: &out, separator: separator, colon: colon)
      }
      out.append("}")
    }
  }
}
