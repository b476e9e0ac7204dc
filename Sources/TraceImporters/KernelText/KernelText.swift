/// Reads the text of one event behind its name and colon into a record's values.
struct KernelText {
  let catalogue = KernelCatalogue.shared

  /// How a text was understood.
  enum Match {
    /// It has one of the event's forms.
    case form
    /// It shows some of the event's fields by name.
    case fields
    /// Not at all.
    case nothing
  }

  /// Reads the text from `start` to `end`. A probe without arguments has no fields.
  func read(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, into record: inout KernelRecord) -> Match {
    if record.isBraced { return readBraces(start, end, into: &record) }
    var at = start
    Self.skipBlanks(&at, end)
    let entry = catalogue.entries[record.event]
    record.clear()
    for form in entry.forms {
      if matches(catalogue.forms[form], at, end, &record) { return .form }
      record.clear()
    }
    readFields(at, end, &record)
    return record.shown != 0 || entry.forms.isEmpty ? .fields : .nothing
  }

  /// Whether a form fits. After `{*}` the rest is tried at every place where its first text stands.
  private func matches(
    _ first: Int, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Bool {
    var operation = first
    var at = start
    var retry: (operation: Int, at: UnsafeRawPointer)?
    while true {
      let step = catalogue.operations[operation]
      switch step.step {
      case .end: return true
      case .anything:
        retry = (operation + 1, at)
        operation += 1
        continue
      case .string:
        record.text = string(&at, end, before: catalogue.operations[operation + 1])
        operation += 1
        continue
      default: break
      }
      if take(step, &at, end, &record) {
        operation += 1
      } else if let again = retry, again.at < end {
        retry = (again.operation, again.at + 1)
        operation = again.operation
        at = again.at + 1
      } else {
        return false
      }
    }
  }

  private func take(
    _ step: KernelCatalogue.Operation, _ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ record: inout KernelRecord
  ) -> Bool {
    let value = Int(step.value)
    switch step.step {
    case .text: return skip(step, &at, end)
    case .mask: return readMask(&at, end, &record)
    case .bytes: return readBytes(&at, end, &record)
    case .wait:
      let letter = Digits.byte(at)
      guard letter == 0x65 || letter == 0x69 else { return false }
      at += 1
      record.set(value, letter == 0x65 ? 1 : 0)
      return true
    default: break
    }
    Self.skipBlanks(&at, end)
    guard at < end else { return false }
    var number: UInt64 = 0
    switch step.step {
    case .decimal: guard Digits.readDecimal(&at, into: &number) else { return false }
    case .hex:
      if Digits.byte(at) == 0x30, Digits.byte(at + 1) | 0x20 == 0x78 { at += 2 }
      guard Digits.readHex(&at, into: &number) else { return false }
    case .word where Digits.byte(at) &- 0x30 < 10:
      // A number that the kernel has no word for.
      if Digits.byte(at) == 0x30, Digits.byte(at + 1) | 0x20 == 0x78 { at += 2 }
      guard Digits.readHex(&at, into: &number) else { return false }
    default:
      let word = Self.word(&at, end)
      let known: UInt64? =
        switch step.step {
        case .choice: Self.choice(word)
        case .word: Self.named(word)
        default: Self.state(word)
        }
      guard let known else { return false }
      number = known
    }
    record.set(value, number)
    return true
  }

  private func skip(_ step: KernelCatalogue.Operation, _ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var text = catalogue.pool + Int(step.start)
    let textEnd = text + Int(step.length)
    var p = at
    while text < textEnd {
      let character = Digits.byte(text)
      if character == 0x20 {
        Self.skipBlanks(&p, end)
      } else {
        guard p < end, Digits.byte(p) == character else { return false }
        p += 1
      }
      text += 1
    }
    at = p
    return true
  }

  private func string(
    _ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer, before next: KernelCatalogue.Operation
  ) -> UnsafeRawBufferPointer {
    let start = at
    if next.step == .text {
      at = Self.stop(at, end, Digits.byte(catalogue.pool + Int(next.start)))
    } else {
      at = end
    }
    return UnsafeRawBufferPointer(start: start, count: at - start)
  }

  /// The first such character that closes no parenthesis of the text: a reason may hold some of its own.
  private static func stop(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ character: UInt8) -> UnsafeRawPointer {
    var depth = 0
    var p = start
    while p < end {
      let c = Digits.byte(p)
      if c == character, depth == 0 { return p }
      if c == 0x28 { depth += 1 } else if c == 0x29 { depth -= 1 }
      p += 1
    }
    return end
  }

  // MARK: Fields by name

  private func readFields(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord) {
    var at = start
    while at < end {
      Self.skip(&at, end) { $0 == 0x20 || $0 == 0x2C }
      let name = at
      Self.skip(&at, end) { Self.isName($0) }
      guard at < end, at > name, Digits.byte(at) == 0x3D else {
        Self.skip(&at, end) { $0 != 0x20 && $0 != 0x2C }
        continue
      }
      let field = UnsafeRawBufferPointer(start: name, count: at - name)
      at += 1
      guard let value = catalogue.value(ofField: field, in: record.event) else { continue }
      Self.skipBlanks(&at, end)
      if at < end, Digits.byte(at) == 0x7B {
        readArray(&at, end, first: value, &record)
      } else if let number = Self.number(&at, end) {
        record.set(value, number)
      }
    }
  }

  /// `{0x1,0x2}`: the elements are the value `first` and those behind it.
  private func readArray(
    _ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer, first: Int, _ record: inout KernelRecord
  ) {
    var value = first
    repeat {
      at += 1
      Self.skipBlanks(&at, end)
      guard let number = Self.number(&at, end) else { return }
      record.set(value, number)
      value += 1
    } while at < end && Digits.byte(at) == 0x2C
  }

  private static func number(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
    var number: UInt64 = 0
    if Digits.byte(at) == 0x30, Digits.byte(at + 1) | 0x20 == 0x78 {
      at += 2
      return Digits.readHex(&at, into: &number) ? number : nil
    }
    return Digits.readDecimal(&at, into: &number) ? number : nil
  }

  // MARK: Words

  static func isName(_ c: UInt8) -> Bool {
    (c | 0x20) &- 0x61 < 26 || c &- 0x30 < 10 || c == 0x5F
  }

  @inline(__always) static func skipBlanks(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    while at < end, Digits.byte(at) == 0x20 || Digits.byte(at) == 0x09 { at += 1 }
  }

  static func skip(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer, while test: (UInt8) -> Bool) {
    while at < end, test(Digits.byte(at)) { at += 1 }
  }

  /// A word of letters, `-`, `_` and `+`, in the lowest bytes of a number; 0 if it is longer than 16.
  private static func word(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> (UInt64, UInt64) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var count: UInt64 = 0
    while at < end {
      let c = Digits.byte(at)
      guard (c | 0x20) &- 0x61 < 26 || c == 0x2D || c == 0x5F || c == 0x2B || c == 0x7C else { break }
      if count < 8 {
        low |= UInt64(c) &<< (count &* 8)
      } else if count < 16 {
        high |= UInt64(c) &<< ((count &- 8) &* 8)
      }
      count += 1
      at += 1
    }
    return count > 16 ? (0, 0) : (low, high)
  }

  private static func packed(_ text: StaticString) -> (UInt64, UInt64) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    for index in 0..<min(text.utf8CodeUnitCount, 16) {
      let c = UInt64(text.utf8Start[index])
      if index < 8 { low |= c << UInt64(index * 8) } else { high |= c << UInt64((index - 8) * 8) }
    }
    return (low, high)
  }

  private static func list(_ words: [(StaticString, UInt64)]) -> [(low: UInt64, high: UInt64, value: UInt64)] {
    words.map { word, value in
      let text = packed(word)
      return (text.0, text.1, value)
    }
  }

  private static let choices = list([
    ("handled", 1), ("unhandled", 0), ("write", 1), ("read", 0), ("wait", 1), ("poll", 0), ("valid", 1),
    ("invalid", 0), ("grow", 1), ("shrink", 0),
  ])
  private static let names = list([
    ("IRQ", 0), ("TRAP", 2), ("SERROR", 1), ("IL", 3), ("HYP_GONE", 4), ("unsatisfied-read", 0), ("read", 1),
    ("write", 2),
  ])

  private static func find(_ word: (UInt64, UInt64), _ list: [(low: UInt64, high: UInt64, value: UInt64)]) -> UInt64? {
    for known in list where known.low == word.0 && known.high == word.1 { return known.value }
    return nil
  }

  private static func choice(_ word: (UInt64, UInt64)) -> UInt64? { find(word, choices) }
  private static func named(_ word: (UInt64, UInt64)) -> UInt64? { find(word, names) }

  /// A thread's state: runnable (`R`, `R+`) is 0.
  private static func state(_ word: (UInt64, UInt64)) -> UInt64? {
    let first = UInt8(truncatingIfNeeded: word.0)
    guard first != 0 else { return nil }
    return first == 0x52 ? 0 : 1
  }
}
