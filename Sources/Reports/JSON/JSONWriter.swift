import InterruptTrace

/// Writes an object with lists that are never whole in memory: as text the same as ``ValueTree/jsonText`` of an object that does
/// not fit a line.
struct JSONWriter {
  private static let pieceSize = 1 << 16

  private var out = ByteBuffer()
  private var isEmpty = true
  private let write: ([UInt8]) throws -> Void

  /// A writer that hands pieces of the text on.
  init(_ write: @escaping ([UInt8]) throws -> Void) {
    self.write = write
    out.append("{")
  }

  /// Writes a named value.
  mutating func member(_ member: ValueTree.Member) throws {
    begin(member.name)
    member.value.encode(into: &out, indent: 2)
    try flush(Self.pieceSize)
  }

  /// Writes a named list of so many values, each made when it is its turn.
  mutating func list(_ key: String, count: Int, _ value: (Int) -> ValueTree) throws {
    guard count > ValueTree.flatLimit else { return try member(.init(key, .list((0..<count).map(value)))) }
    begin(key)
    out.append("[")
    for number in 0..<count {
      out.append(number == 0 ? "\n    " : ",\n    ")
      value(number).encode(into: &out, indent: 4)
      try flush(Self.pieceSize)
    }
    out.append("\n  ]")
  }

  /// Writes the end.
  mutating func end() throws {
    out.append("\n}\n")
    try flush(0)
  }

  private mutating func begin(_ key: String) {
    out.append(isEmpty ? "\n  " : ",\n  ")
    out.appendJSON(key)
    out.append(": ")
    isEmpty = false
  }

  private mutating func flush(_ size: Int) throws {
    guard out.bytes.count >= size else { return }
    try write(out.bytes)
    out.bytes.removeAll(keepingCapacity: true)
  }
}
