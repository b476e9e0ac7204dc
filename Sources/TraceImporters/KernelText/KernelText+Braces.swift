/// Fields as babeltrace prints them: `{ cpu_id = 1 }, { procname = "x", tid = 7 }, { irq = 11, name = "arch_timer" }`.
extension KernelText {
  /// Reads the groups behind an event's name and colon: contexts first, the event's own fields last.
  func readBraces(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, into record: inout KernelRecord) -> Match {
    record.clear()
    var at = start
    var last = start..<start
    while let group = Self.group(&at, end) {
      readContext(last, &record)
      last = group
    }
    Self.forEachField(last) { name, value in
      if name.elementsEqual("name".utf8), Digits.byte(value.lowerBound) == 0x22 { record.text = Self.quoted(value) }
      guard let number = Self.number(value), let field = field(name, of: record.event) else { return }
      record.set(field, number)
    }
    return record.shown != 0 || catalogue.entries[record.event].forms.isEmpty ? .form : .nothing
  }

  private func readContext(_ group: Range<UnsafeRawPointer>, _ record: inout KernelRecord) {
    Self.forEachField(group) { name, value in
      if name.elementsEqual("procname".utf8) { record.name = Self.quoted(value) }
      guard let number = Self.number(value) else { return }
      if name.elementsEqual("cpu_id".utf8) {
        record.cpu = number < 1 << 20 ? UInt32(number) : record.cpu
      } else if name.elementsEqual("tid".utf8) || name.elementsEqual("vtid".utf8) {
        record.thread = UInt32(truncatingIfNeeded: number)
        record.showsThread = true
      } else if name.elementsEqual("pid".utf8) || name.elementsEqual("vpid".utf8) {
        record.process = UInt32(truncatingIfNeeded: number)
      }
    }
  }

  /// LTTng calls threads `tid` where the kernel says `pid`.
  private func field(_ name: UnsafeRawBufferPointer, of event: Int) -> Int? {
    if let known = catalogue.value(ofField: name, in: event) { return known }
    guard name.count >= 3, name.count < 32, name.suffix(3).elementsEqual("tid".utf8) else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: name.count, alignment: 1) { copy in
      copy.copyMemory(from: name)
      copy[name.count - 3] = 0x70
      return catalogue.value(ofField: UnsafeRawBufferPointer(copy), in: event)
    }
  }

  /// The inside of the next group in braces, with what is nested in it; moves behind it.
  private static func group(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Range<UnsafeRawPointer>? {
    while at < end, Digits.byte(at) != 0x7B { at += 1 }
    guard at < end else { return nil }
    let start = at + 1
    let close = past(at, end)
    guard close <= end, close > start, Digits.byte(close - 1) == 0x7D else { return nil }
    at = close
    return start..<(close - 1)
  }

  /// Behind a value: a text in quotes, what is in brackets, or what goes on to the next comma.
  private static func past(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    var depth = 0
    var isQuoted = false
    var at = start
    while at < end {
      let c = Digits.byte(at)
      if isQuoted {
        if c == 0x5C { at += 1 } else if c == 0x22 { isQuoted = false }
      } else if c == 0x22 {
        isQuoted = true
      } else if c == 0x7B || c == 0x5B || c == 0x28 {
        depth += 1
      } else if c == 0x7D || c == 0x5D || c == 0x29 {
        depth -= 1
        if depth == 0, Digits.byte(start) != 0x22 { return min(at + 1, end) }
      } else if c == 0x2C, depth == 0 {
        return at
      }
      at += 1
    }
    return end
  }

  private static func forEachField(
    _ group: Range<UnsafeRawPointer>, _ body: (UnsafeRawBufferPointer, Range<UnsafeRawPointer>) -> Void
  ) {
    var at = group.lowerBound
    let end = group.upperBound
    while at < end {
      while at < end, Digits.byte(at) == 0x20 || Digits.byte(at) == 0x2C || Digits.byte(at) == 0x5F { at += 1 }
      let name = at
      while at < end, isName(Digits.byte(at)) { at += 1 }
      let nameEnd = at
      skipBlanks(&at, end)
      if nameEnd > name, at < end, Digits.byte(at) == 0x3D {
        at += 1
        skipBlanks(&at, end)
        let value = at
        at = past(at, end)
        if value < at { body(UnsafeRawBufferPointer(start: name, count: nameEnd - name), value..<at) }
      } else {
        at = max(past(at, end), at + 1)
      }
    }
  }

  private static func quoted(_ value: Range<UnsafeRawPointer>) -> UnsafeRawBufferPointer {
    let bytes = UnsafeRawBufferPointer(start: value.lowerBound, count: value.upperBound - value.lowerBound)
    return UnsafeRawBufferPointer(rebasing: bytes.dropFirst().prefix { $0 != 0x22 })
  }

  /// A number, or that of a named value: `( "RUNNING" : container = 0 )`.
  private static func number(_ value: Range<UnsafeRawPointer>) -> UInt64? {
    var at = value.lowerBound
    var number: UInt64 = 0
    if Digits.byte(at) == 0x28 {
      var scanner = TextScanner(at, value.upperBound)
      return scanner.skip(through: "container = ") ? scanner.decimal() : nil
    }
    if Digits.byte(at) == 0x30, Digits.byte(at + 1) | 0x20 == 0x78 {
      at += 2
      return Digits.readHex(&at, into: &number) ? number : nil
    }
    return Digits.readDecimal(&at, into: &number) ? number : nil
  }
}
