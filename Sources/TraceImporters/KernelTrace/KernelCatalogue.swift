/// ``KernelEvent/all`` in the form in which records are matched. Built once and never freed; read by all importers.
struct KernelCatalogue: @unchecked Sendable {
  /// What a step of a form reads. `text` is literal text.
  enum Step: UInt8 { case text, decimal, hex, choice, word, wait, state, mask, bytes, string, anything, end }

  /// A step of a form.
  struct Operation {
    var step: Step
    /// The value's number.
    var value: UInt8
    /// Where the text starts in the pool.
    var start: UInt16
    /// Its length.
    var length: UInt16
  }

  /// What is needed of an event.
  struct Entry {
    var action: KernelEvent.Action
    var operand: UInt16
    /// Its first form, and behind its last.
    var forms: Range<Int>
    /// Its fields' names.
    var fields: Range<Int>
  }

  /// A field's name and the number of its value.
  struct FieldName {
    var start: UInt16
    var length: UInt16
    var value: Int
  }

  /// The only one.
  static let shared = KernelCatalogue(KernelEvent.all)

  let entries: [Entry]
  /// Where each form's operations start.
  let forms: [Int]
  let operations: [Operation]
  let fieldNames: [FieldName]
  let pool: UnsafeRawPointer
  private let slots: [(start: UInt16, length: UInt16, event: Int16)]
  private let slotMask: Int

  private init(_ events: [KernelEvent]) {
    var pool: [UInt8] = []
    func add(_ text: String) -> (start: UInt16, length: UInt16) {
      defer { pool += Array(text.utf8) }
      return (UInt16(pool.count), UInt16(text.utf8.count))
    }
    var entries: [Entry] = []
    var forms: [Int] = []
    var operations: [Operation] = []
    var fieldNames: [FieldName] = []
    let size = 1024
    var slots = [(start: UInt16, length: UInt16, event: Int16)](repeating: (0, 0, -1), count: size)
    for (number, event) in events.enumerated() {
      let firstForm = forms.count
      for form in event.forms {
        forms.append(operations.count)
        Self.compile(form, &operations, add)
      }
      let firstField = fieldNames.count
      for (value, names) in event.fields.enumerated() {
        for name in names {
          let (start, length) = add(name)
          fieldNames.append(FieldName(start: start, length: length, value: value))
        }
      }
      entries.append(
        Entry(
          action: event.action, operand: event.operand, forms: firstForm..<forms.count,
          fields: firstField..<fieldNames.count)
      )
      for name in event.names {
        let (start, length) = add(name)
        var at = Array(name.utf8).withUnsafeBytes { Int(truncatingIfNeeded: Self.hash($0)) & (size - 1) }
        while slots[at].event >= 0 { at = (at + 1) & (size - 1) }
        slots[at] = (start, length, Int16(number))
      }
    }
    self.entries = entries
    self.forms = forms
    self.operations = operations
    self.fieldNames = fieldNames
    self.slots = slots
    slotMask = size - 1
    let storage = UnsafeMutableRawPointer.allocate(byteCount: pool.count + Digits.padding, alignment: 16)
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: pool.count + Digits.padding)
    pool.withUnsafeBytes { storage.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    self.pool = UnsafeRawPointer(storage)
  }

  private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ hash >> 29
  }

  /// The number of the event with this name, or nil.
  func find(_ name: UnsafeRawBufferPointer) -> Int? {
    guard name.count > 2, name.count < 64 else { return nil }
    var at = Int(truncatingIfNeeded: Self.hash(name)) & slotMask
    while slots[at].event >= 0 {
      let slot = slots[at]
      if Int(slot.length) == name.count, equals(name.baseAddress!, slot.start, slot.length) { return Int(slot.event) }
      at = (at + 1) & slotMask
    }
    return nil
  }

  /// Whether the pool's text stands at `text`.
  func equals(_ text: UnsafeRawPointer, _ start: UInt16, _ length: UInt16) -> Bool {
    for index in 0..<Int(length) where Digits.byte(text + index) != Digits.byte(pool + Int(start) + index) {
      return false
    }
    return true
  }

  /// The number of the value that an event's field is, or nil.
  func value(ofField name: UnsafeRawBufferPointer, in event: Int) -> Int? {
    for index in entries[event].fields {
      let field = fieldNames[index]
      if Int(field.length) == name.count, equals(name.baseAddress!, field.start, field.length) { return field.value }
    }
    return nil
  }

  private static func compile(
    _ form: String, _ operations: inout [Operation], _ add: (String) -> (start: UInt16, length: UInt16)
  ) {
    var rest = form[...]
    while !rest.isEmpty {
      let brace = rest.firstIndex(of: "{")
      let literal = String(rest[..<(brace ?? rest.endIndex)])
      if !literal.isEmpty {
        let (start, length) = add(literal)
        operations.append(Operation(step: .text, value: 0, start: start, length: length))
      }
      guard let brace, let close = rest[brace...].firstIndex(of: "}") else { break }
      let inner = rest[rest.index(after: brace)..<close]
      let value = UInt8(inner.dropFirst()) ?? 0
      let step: Step =
        switch inner.first {
        case "d": .decimal
        case "x": .hex
        case "b": .choice
        case "w": .word
        case "e": .wait
        case "r": .state
        case "m": .mask
        case "a": .bytes
        case "s": .string
        default: .anything
        }
      operations.append(Operation(step: step, value: value, start: 0, length: 0))
      rest = rest[rest.index(after: close)...]
    }
    operations.append(Operation(step: .end, value: 0, start: 0, length: 0))
  }
}
