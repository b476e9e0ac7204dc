import InterruptTrace

/// Lines of babeltrace's text, the way traces of LTTng are quoted:
///
///     [12:34:56.123456789] (+0.000020000) board irq_handler_exit: { cpu_id = 1 }, { irq = 11, ret = 1 }
///     [1700000000.123456789] (+?.?????????) irq_softirq_entry: { cpu_id = 0 }, { procname = "x", tid = 7 }, { vec = 1 }
///
/// The stamp may be a time of day or seconds, with a date before it; the host's name need not be there. In braces come the
/// packet's context, contexts of the thread, and last the event's fields.
extension KernelLine {
  /// Reads such a line, which starts with a bracket; nil if it is something else.
  static func readBabeltrace(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Content? {
    var scanner = TextScanner(start, end)
    guard scanner.skip("["), let time = stamp(&scanner), scanner.skip("] (+"), scanner.skip(through: ") ") else {
      return nil
    }
    var name = scanner.at
    guard scanner.skip(through: ": {") else { return nil }
    let nameEnd = scanner.at - 3
    // The last word: a host or a trace may be named before it.
    var at = nameEnd
    while at > name, KernelText.isName(Digits.byte(at - 1)) { at -= 1 }
    name = at
    guard nameEnd > name else { return nil }
    record.time = time
    record.isTimeCount = false
    record.cpu = PE.none
    record.forgetThread()
    record.isBraced = true
    return .event(name: UnsafeRawBufferPointer(start: name, count: nameEnd - name), text: nameEnd + 1)
  }

  /// `12:34:56.5`, `2026-11-30 12:34:56.5` or `1700000000.5`, in nanoseconds: of the day, or since 1970.
  private static func stamp(_ scanner: inout TextScanner) -> UInt64? {
    guard var number = scanner.decimal() else { return nil }
    if scanner.skip("-") {
      guard scanner.decimal() != nil, scanner.skip("-"), scanner.decimal() != nil, scanner.skip(" "),
        let hour = scanner.decimal()
      else { return nil }
      number = hour
    }
    if scanner.skip(":") {
      guard let minute = scanner.decimal(), scanner.skip(":"), let second = scanner.decimal(), number < 24, minute < 60,
        second < 61
      else { return nil }
      number = number * 3600 + minute * 60 + second
    }
    var at = scanner.at
    guard Digits.byte(at) == 0x2E, let time = readFraction(&at, after: number) else { return nil }
    return scanner.move(to: at) ? time : nil
  }
}
