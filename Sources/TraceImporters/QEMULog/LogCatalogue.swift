/// ``LogEvent/all`` in the form in which lines are matched: a hash of names without collisions, and each line's text as
/// pieces of literal text, each followed by a field or by the end of the line.
///
/// Built once and never freed; read by all importers.
struct LogCatalogue: @unchecked Sendable {
  /// A literal text and what follows it.
  struct Piece {
    /// Where the text starts in the pool.
    var start: UInt16
    /// Its length in bytes.
    var length: UInt8
    /// What follows it.
    var field: Field
  }

  /// What follows a literal text.
  enum Field: UInt8 {
    case end
    case hex
    case decimal
    case word
  }

  /// A name as four words, padded with zeros.
  struct Name {
    var words: (UInt64, UInt64, UInt64, UInt64)
  }

  /// What the decoder needs of an event.
  struct Entry {
    var action: LogEvent.Action
    var operand: UInt16
    /// The first piece of its text.
    var piece: UInt16
  }

  /// Names by event number.
  let names: UnsafePointer<Name>
  /// Entries by event number.
  let entries: UnsafePointer<Entry>
  /// The pieces of all events.
  let pieces: UnsafePointer<Piece>
  /// The literal texts.
  let pool: UnsafeRawPointer
  /// Event numbers by hash; `none` where there is none.
  let slots: UnsafePointer<UInt8>
  /// Makes the hash free of collisions.
  let seed: UInt64
  /// Number of events.
  let count: Int

  /// Marks a slot without an event.
  static let none: UInt8 = 255
  private static let slotBits: UInt64 = 11

  /// The only one.
  static let shared = LogCatalogue(LogEvent.all)

  /// Where a name belongs.
  @inline(__always) static func slot(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64, seed: UInt64) -> Int {
    // Names differ in few characters; the odd multipliers spread them before the halves are folded together.
    let ab = (a ^ seed) &* 0x9E37_79B9_7F4A_7C15 ^ (b &* 0xC2B2_AE3D_27D4_EB4F)
    let cd = (c &* 0x1656_67B1_9E37_79F9) ^ (d &* 0x27D4_EB2F_1656_67C5)
    let folded = (ab ^ (cd &>> 32 | cd &<< 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: folded &>> (64 - slotBits))
  }

  /// The number of the event with this name, or nil.
  @inline(__always) func find(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) -> Int? {
    let number = slots[Self.slot(a, b, c, d, seed: seed)]
    guard number != Self.none else { return nil }
    let name = names[Int(number)].words
    guard name.0 == a, name.1 == b, name.2 == c, name.3 == d else { return nil }
    return Int(number)
  }

  private init(_ events: [LogEvent]) {
    precondition(events.count < Int(Self.none))
    count = events.count
    let names = UnsafeMutablePointer<Name>.allocate(capacity: events.count)
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: events.count)
    var pieces: [Piece] = []
    var pool: [UInt8] = []
    for (number, event) in events.enumerated() {
      names[number] = Name(words: Self.words(event.name))
      entries[number] = Entry(action: event.action, operand: event.operand, piece: UInt16(pieces.count))
      Self.compile(event.text, into: &pieces, pool: &pool)
    }
    self.names = UnsafePointer(names)
    self.entries = UnsafePointer(entries)

    let pieceStorage = UnsafeMutablePointer<Piece>.allocate(capacity: pieces.count)
    pieceStorage.initialize(from: pieces, count: pieces.count)
    self.pieces = UnsafePointer(pieceStorage)

    pool += [UInt8](repeating: 0, count: Digits.padding)
    let poolStorage = UnsafeMutablePointer<UInt8>.allocate(capacity: pool.count)
    poolStorage.initialize(from: pool, count: pool.count)
    self.pool = UnsafeRawPointer(poolStorage)

    let slotCount = 1 << Int(Self.slotBits)
    let slots = UnsafeMutablePointer<UInt8>.allocate(capacity: slotCount)
    var seed: UInt64 = 0
    while !Self.place(names, events.count, in: slots, slotCount, seed: seed) { seed += 1 }
    self.slots = UnsafePointer(slots)
    self.seed = seed
  }

  /// Fills the slots; false if two names meet.
  private static func place(
    _ names: UnsafeMutablePointer<Name>, _ count: Int, in slots: UnsafeMutablePointer<UInt8>, _ slotCount: Int,
    seed: UInt64
  ) -> Bool {
    slots.initialize(repeating: none, count: slotCount)
    for number in 0..<count {
      let words = names[number].words
      let at = slot(words.0, words.1, words.2, words.3, seed: seed)
      guard slots[at] == none else { return false }
      slots[at] = UInt8(number)
    }
    return true
  }

  private static func words(_ name: String) -> (UInt64, UInt64, UInt64, UInt64) {
    var bytes = Array(name.utf8)
    precondition(bytes.count < LogEvent.nameLimit)
    bytes += [UInt8](repeating: 0, count: LogEvent.nameLimit - bytes.count)
    return bytes.withUnsafeBytes { raw in
      let at = raw.baseAddress!
      return (Digits.load(at), Digits.load(at + 8), Digits.load(at + 16), Digits.load(at + 24))
    }
  }

  private static func compile(_ text: String, into pieces: inout [Piece], pool: inout [UInt8]) {
    var rest = text[...]
    while true {
      let brace = rest.firstIndex(of: "{")
      let literal = Array(rest[..<(brace ?? rest.endIndex)].utf8)
      precondition(literal.count < Digits.padding)
      var piece = Piece(start: UInt16(pool.count), length: UInt8(literal.count), field: .end)
      pool += literal
      guard let brace else { return pieces.append(piece) }
      switch rest[rest.index(after: brace)] {
      case "x": piece.field = .hex
      case "d": piece.field = .decimal
      default: piece.field = .word
      }
      pieces.append(piece)
      rest = rest[rest.index(brace, offsetBy: 3)...]
    }
  }
}
