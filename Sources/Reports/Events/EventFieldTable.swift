import InterruptTrace

/// ``EventLayout`` as the printer wants it: every kind's and field's name in one piece of memory, fields as plain values.
/// A `String` or an array for each field of each event would cost more than the printing.
final class EventFieldTable {
  /// A name, in the table's memory.
  struct Name: BitwiseCopyable {
    var start: Int32 = 0
    var count: Int32 = 0
  }

  /// One field of a kind.
  struct Field: BitwiseCopyable {
    enum Style: UInt8, BitwiseCopyable { case decimal, hex, flag, frame, register, size }
    enum Word: UInt8, BitwiseCopyable { case flags, a, b, moreA, moreB }

    var name: Name
    var word: Word
    var style: Style
    var low: UInt8
    var mask: UInt64
    /// Its place among the columns of CSV; none for what stands among the raw words anyway.
    var column: Int16 = -1

    /// Whether it is a value of 64 bits, which readers of CSV and JSON lose as a number.
    @inline(__always) var isWide: Bool { style == .hex && mask == .max }

    /// The field's value in an event and its continuation.
    @inline(__always) func value(in event: Event, _ more: Event) -> UInt64 {
      let raw: UInt64 =
        switch word {
        case .flags: UInt64(event.flags.rawValue)
        case .a: event.a
        case .b: event.b
        case .moreA: more.a
        case .moreB: more.b
        }
      return (raw &>> UInt64(low)) & mask
    }
  }

  /// One kind of event.
  struct Kind: BitwiseCopyable {
    var name: Name
    var isKnown: Bool
    var firstField: Int32
    var fieldCount: Int32
  }

  /// The columns of CSV between `register` and the raw words: every field of every kind, under one name once.
  let columns: [String]
  private let names: UnsafeMutableBufferPointer<UInt8>
  private let fields: UnsafeMutableBufferPointer<Field>
  /// The same in the order of the columns of CSV.
  private let columnFields: UnsafeMutableBufferPointer<Field>
  private let kinds: UnsafeMutableBufferPointer<Kind>
  private static let rawWords = ["a", "b", "more_a", "more_b"]

  init() {
    var names: [UInt8] = []
    func add(_ name: String) -> Name {
      defer { names += Array(name.utf8) }
      return Name(start: Int32(names.count), count: Int32(name.utf8.count))
    }
    var (fields, ordered, kinds): ([Field], [Field], [Kind]) = ([], [], [])
    var columns = ["address"]
    for number in 0..<256 {
      let kind = EventKind(rawValue: UInt8(number))
      let layout = EventLayout.of(kind)
      let own = layout?.fields ?? []
      kinds.append(
        Kind(
          name: add(EventPrinter.kindName(kind)), isKnown: layout != nil, firstField: Int32(fields.count),
          fieldCount: Int32(own.count))
      )
      for field in own {
        // A marker's own kind must not hide the event's.
        let name = Self.snakeCase(kind == .marker && field.name == "kind" ? "markerKind" : field.name)
        var entry = Field(field, name: add(name))
        if name != "register", !Self.rawWords.contains(name) {
          if !columns.contains(name) { columns.append(name) }
          entry.column = Int16(columns.firstIndex(of: name)!)
        }
        fields.append(entry)
      }
      ordered += fields[ordered.count...].sorted { $0.column < $1.column }
    }
    self.columns = columns
    self.names = .allocate(capacity: names.count)
    _ = self.names.initialize(from: names)
    self.fields = .allocate(capacity: fields.count)
    _ = self.fields.initialize(from: fields)
    columnFields = .allocate(capacity: ordered.count)
    _ = columnFields.initialize(from: ordered)
    self.kinds = .allocate(capacity: kinds.count)
    _ = self.kinds.initialize(from: kinds)
  }

  deinit {
    names.deallocate()
    fields.deallocate()
    columnFields.deallocate()
    kinds.deallocate()
  }

  @inline(__always) func kind(of event: Event) -> Kind { kinds[Int(event.kind.rawValue)] }

  @inline(__always) func fields(of kind: Kind) -> UnsafeBufferPointer<Field> {
    UnsafeBufferPointer(start: fields.baseAddress! + Int(kind.firstField), count: Int(kind.fieldCount))
  }

  /// A kind's fields in the order of the columns of CSV.
  @inline(__always) func columnFields(of kind: Kind) -> UnsafeBufferPointer<Field> {
    UnsafeBufferPointer(start: columnFields.baseAddress! + Int(kind.firstField), count: Int(kind.fieldCount))
  }

  /// `device_id` for `deviceID`.
  private static func snakeCase(_ name: String) -> String {
    var (result, wasLower) = ("", false)
    for character in name {
      if character.isUppercase, wasLower { result += "_" }
      wasLower = !character.isUppercase
      result += character.lowercased()
    }
    return result
  }

  @inline(__always) func text(_ name: Name) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: names.baseAddress! + Int(name.start), count: Int(name.count))
  }
}

extension EventFieldTable.Field {
  fileprivate init(_ field: EventLayout.Field, name: EventFieldTable.Name) {
    self.name = name
    low = UInt8(field.low)
    mask = field.width >= 64 ? .max : (1 << UInt64(field.width)) - 1
    word =
      switch field.word {
      case .flags: .flags
      case .a: .a
      case .b: .b
      case .moreA: .moreA
      case .moreB: .moreB
      }
    style =
      switch field.style {
      case .decimal: .decimal
      case .hex: .hex
      case .flag: .flag
      case .frame: .frame
      case .register: .register
      case .size: .size
      }
  }
}
