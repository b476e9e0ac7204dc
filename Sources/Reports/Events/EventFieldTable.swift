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

  private let names: UnsafeMutableBufferPointer<UInt8>
  private let fields: UnsafeMutableBufferPointer<Field>
  private let kinds: UnsafeMutableBufferPointer<Kind>

  init() {
    var names: [UInt8] = []
    func add(_ name: String) -> Name {
      defer { names += Array(name.utf8) }
      return Name(start: Int32(names.count), count: Int32(name.utf8.count))
    }
    var fields: [Field] = []
    var kinds: [Kind] = []
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
        let name = kind == .marker && field.name == "kind" ? "markerKind" : field.name
        fields.append(Field(field, name: add(name)))
      }
    }
    self.names = .allocate(capacity: names.count)
    _ = self.names.initialize(from: names)
    self.fields = .allocate(capacity: fields.count)
    _ = self.fields.initialize(from: fields)
    self.kinds = .allocate(capacity: kinds.count)
    _ = self.kinds.initialize(from: kinds)
  }

  deinit {
    names.deallocate()
    fields.deallocate()
    kinds.deallocate()
  }

  @inline(__always) func kind(of event: Event) -> Kind { kinds[Int(event.kind.rawValue)] }

  @inline(__always) func fields(of kind: Kind) -> UnsafeBufferPointer<Field> {
    UnsafeBufferPointer(start: fields.baseAddress! + Int(kind.firstField), count: Int(kind.fieldCount))
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
