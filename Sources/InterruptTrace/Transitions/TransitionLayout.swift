/// What the operands of each kind of transition mean: the one table that the words for people (`TransitionText`) and the
/// page `Analyses/transitions.md` derive from, and that the accessors beside it are tested against.
public struct TransitionLayout: Sendable {
  /// Which word of the transition a field lies in.
  public enum Word: Sendable {
    /// ``Transition/a``.
    case a
    /// ``Transition/b``.
    case b
    /// ``Transition/priority``, of a kind that has no interrupt.
    case priority
  }

  /// How a field is written for people.
  public enum Style: LayoutStyle {
    /// A decimal number.
    case decimal
    /// A hexadecimal number.
    case hex
    /// A running priority; 0xFF is none.
    case runningPriority
    /// A PE, or none, or any of several.
    case pe
    /// A ``PendingCause``.
    case cause
    /// An ``InterruptGroup``.
    case group
    /// A set of ``InterruptGroup``: bit n is group n.
    case groups
    /// ``CPULines``.
    case lines
    /// A list register, or none.
    case listRegister
    /// The PE that sent an SGI, or the DeviceID and EventID of an LPI's message, as the INTID says.
    case source
    /// A DeviceID in bits 63:32 and an EventID in bits 31:0.
    case message
    /// An ``ITSFault``.
    case fault
    /// One of ``ITSOpcode``.
    case opcode
    /// An ``ITSError`` as the code that the manual gives.
    case error
    /// An ``ITSTable``.
    case table
    /// A ``TableWalk``.
    case walk
    /// A number of things; nothing where it is 0, as it is not known then.
    case count
    /// What each value says, from 0.
    case choice([String])
  }

  /// A field: some bits of a word. Its name is the accessor's.
  public typealias Field = LayoutField<Word, Style>

  /// A piece of what a transition says to people.
  public enum Piece: Sendable {
    /// Words.
    case words(String)
    /// A field, written in its style.
    case field(Field)
  }

  /// The kind described.
  public let kind: TransitionKind
  /// What it is called for people: "end of interrupt"; a field where that depends on it.
  public let title: [Piece]
  /// The accessor that its fields are read with; nil if it has none.
  public let accessor: String?
  /// Its fields.
  public let fields: [Field]
  /// What its operands say, for people; empty where they add nothing.
  public let sentence: [Piece]

  /// A row. In `title` and `sentence`, `{name}` stands for a field.
  init(
    _ kind: TransitionKind, _ title: String? = nil, _ accessor: String? = nil, _ fields: [Field] = [],
    _ sentence: String = ""
  ) {
    self.kind = kind
    self.title = Self.pieces(title ?? Self.words("\(kind)"), fields)
    self.accessor = accessor
    self.fields = fields
    self.sentence = Self.pieces(sentence, fields)
  }

  /// The layout of a kind.
  public static func of(_ kind: TransitionKind) -> TransitionLayout { byKind[Int(kind.rawValue)] }

  private static let byKind: [TransitionLayout] = TransitionKind.allCases.map { kind in
    all.first { $0.kind == kind } ?? TransitionLayout(kind)
  }

  /// Every kind with operands or a title of its own.
  public static let all: [TransitionLayout] =
    interrupt + configuration + processingElement + its + virtualInterface + capture

  private static func pieces(_ sentence: String, _ fields: [Field]) -> [Piece] {
    var result: [Piece] = []
    var rest = Substring(sentence)
    while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
      if open > rest.startIndex { result.append(.words(String(rest[..<open]))) }
      let name = rest[rest.index(after: open)..<close]
      if let field = fields.first(where: { $0.name == name }) { result.append(.field(field)) }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { result.append(.words(String(rest))) }
    return result
  }

  /// A name in camel case as words.
  public static func words(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}

extension LayoutField where Word == TransitionLayout.Word, Style == TransitionLayout.Style {
  /// A bit, with what it says when it is set and when it is clear.
  static func flag(_ name: String, _ word: Word, set: String = "", clear: String = "") -> Self {
    Self(name, word, 0, 1, .choice([clear, set]))
  }

  /// The field's value in a transition.
  public func value(in transition: Transition) -> UInt64 {
    switch word {
    case .a: bits(of: transition.a)
    case .b: bits(of: transition.b)
    case .priority: bits(of: UInt64(transition.priority))
    }
  }
}
