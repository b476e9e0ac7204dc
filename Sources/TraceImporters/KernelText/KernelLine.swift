import InterruptTrace

/// The part of a line of a kernel's trace that all events have in common.
///
///     qemu-system-aar-265     [000] d....    21.985604: kvm_entry: PC: 0x40000000     ftrace, trace_pipe
///     qemu-system-aar-265     (    263) [000] d....    21.985604: kvm_entry: …         with record-tgid
///     qemu-system-aar-265     [000]    21.985604123: kvm_entry:   PC: 0x40000000      trace-cmd report, with -t
///                 vmm   250 [001]    11.801396:        kvm:kvm_entry: PC: 0x40000000  perf script
///                 vmm   250/252 [001]    11.801396:        1 kvm:kvm_entry: …          with -F pid,tid,period
///     qemu-sys-265     0d....    21.985604: kvm_entry: …                               trace-cmd report -l
///     qemu-sys-265     0d.... 1234us+: kvm_entry: …                                    ftrace, latency-format
///     [000]    21.985604: kvm_entry: …                                                 any of them, cut off by hand
///
/// Names of threads may hold anything, so the line is read from the first `[CPU]` that a time follows; of a line without
/// one, from the first time that a thread precedes. The function_graph tracer has lines of its own
/// (`KernelLine+Graph.swift`), and so has babeltrace (`KernelLine+Babeltrace.swift`).
/// Marks of quoted mail (`> `) before a line are passed, and so is the name of a file or instance (`host.dat: `) that
/// `trace-cmd report` puts before the thread.
enum KernelLine {
  /// What a line is.
  enum Content {
    /// An event; its name lies at `name`, its text follows the colon.
    case event(name: UnsafeRawBufferPointer, text: UnsafeRawPointer)
    /// Events of a CPU are missing before its next one.
    case lost(cpu: UInt32, count: UInt64)
    /// A header or a comment; it starts at the number sign, if it has one.
    case comment(UnsafeRawPointer)
    /// An event of the function_graph tracer without a time.
    case timeless
    /// Anything else.
    case text

    var isText: Bool { if case .text = self { true } else { false } }
  }

  /// Reads the line from `start` to `end`, which is at its line feed, into the record.
  static func read(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, into record: inout KernelRecord) -> Content {
    var at = start
    record.isBraced = false
    skipMarks(&at, end)
    if at < end, Digits.byte(at) == 0x5B, let content = readBabeltrace(at, end, &record) { return content }
    skipQuoteMarks(&at, end)
    guard at < end else { return .comment(end) }
    if Digits.byte(at) == 0x23 { return .comment(at) }
    if let lost = lost(at, end) { return lost }
    var bracket = at
    while bracket < end {
      if Digits.byte(bracket) == 0x5B, let content = read(at, bracket, end, &record) { return content }
      bracket += 1
    }
    if case let content = readWithoutCPU(at, end, &record), !content.isText { return content }
    return readGraph(at, end, &record)
  }

  /// Passes blanks, the stamp that the kernel's log puts before a trace that it dumps (`<0>[   12.345678] `), and the marks
  /// that mail programs put before the lines of a quoted text.
  static func skipQuoteMarks(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    skipMarks(&at, end)
    guard at < end, Digits.byte(at) == 0x5B || Digits.byte(at) == 0x3C else { return }
    var p = at
    if Digits.byte(p) == 0x3C {
      guard end - p > 3, Digits.byte(p + 1) &- 0x30 < 8, Digits.byte(p + 2) == 0x3E, Digits.byte(p + 3) == 0x5B else {
        return
      }
      p += 3
    }
    p += 1
    KernelText.skipBlanks(&p, end)
    let first = p
    while p < end, Digits.byte(p) &- 0x30 < 10 { p += 1 }
    guard p > first, p < end, Digits.byte(p) == 0x2E else { return }
    p += 1
    while p < end, Digits.byte(p) &- 0x30 < 10 { p += 1 }
    guard p < end, Digits.byte(p) == 0x5D else { return }
    at = p + 1
    KernelText.skipBlanks(&at, end)
  }

  private static func skipMarks(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    KernelText.skipBlanks(&at, end)
    while at < end, Digits.byte(at) == 0x3E, at + 1 == end || Digits.byte(at + 1) == 0x20 || Digits.byte(at + 1) == 0x3E
    {
      at += 1
      KernelText.skipBlanks(&at, end)
    }
  }

  /// A line whose CPU stands in the brackets at `bracket`; nil if that is something else.
  private static func read(
    _ start: UnsafeRawPointer, _ bracket: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Content? {
    var at = bracket + 1
    var cpu: UInt64 = 0
    guard Digits.byte(at) &- 0x30 < 10, Digits.readDecimal(&at, into: &cpu), Digits.byte(at) == 0x5D, cpu < 1 << 20
    else { return nil }
    at += 1
    guard readTime(&at, end, &record) else {
      // Flags: interrupts off, need for rescheduling, kind of context, depth of preemption.
      KernelText.skipBlanks(&at, end)
      while at < end, Digits.byte(at) > 0x20 { at += 1 }
      guard readTime(&at, end, &record) else { return nil }
      return readThreadAndName(start, bracket, &at, end, &record, UInt32(cpu))
    }
    return readThreadAndName(start, bracket, &at, end, &record, UInt32(cpu))
  }

  /// What stands before the CPU and behind the time. Without a thread's number it is an event all the same if nothing
  /// stands there, or if the event is a known one.
  private static func readThreadAndName(
    _ start: UnsafeRawPointer, _ bracket: UnsafeRawPointer, _ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
    _ record: inout KernelRecord, _ cpu: UInt32
  ) -> Content? {
    if readThread(start, bracket, &record) { return readName(&at, end, &record, cpu) }
    var first = start
    KernelText.skipBlanks(&first, bracket)
    record.forgetThread()
    let content = readName(&at, end, &record, cpu)
    guard case .event(let name, _) = content else { return nil }
    return first == bracket || KernelCatalogue.shared.find(name) != nil ? content : nil
  }

  /// ` 21.985604:`, of seconds with any number of digits behind the point, or of a clock that counts: ` 1234567:`.
  static func readTime(
    _ from: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Bool {
    var at = from
    KernelText.skipBlanks(&at, end)
    var seconds: UInt64 = 0
    guard at < end, Digits.byte(at) &- 0x30 < 10, Digits.readDecimal(&at, into: &seconds) else { return false }
    if Digits.byte(at) == 0x2E {
      guard let time = readFraction(&at, after: seconds) else { return false }
      seconds = time
      record.isTimeCount = false
    } else if end - at > 3, Digits.byte(at) == 0x75, Digits.byte(at + 1) == 0x73 {
      // Of the latency format; a mark for long delays stands before the colon.
      guard seconds < 1 << 53 else { return false }
      seconds &*= 1000
      at += Digits.byte(at + 2) == 0x3A ? 2 : 3
      record.isTimeCount = false
    } else {
      record.isTimeCount = true
    }
    guard at < end, Digits.byte(at) == 0x3A else { return false }
    record.time = seconds
    from = at + 1
    return true
  }

  /// The nanoseconds of a time of which the point comes next; moves behind its digits, of which there may be any number.
  static func readFraction(_ at: inout UnsafeRawPointer, after seconds: UInt64) -> UInt64? {
    at += 1
    let first = at
    var fraction: UInt64 = 0
    guard Digits.byte(at) &- 0x30 < 10, Digits.readDecimal(&at, into: &fraction), seconds < 1 << 33 else { return nil }
    var digits = at - first
    while digits < 9 {
      fraction &*= 10
      digits += 1
    }
    while digits > 9 {
      fraction /= 10
      digits -= 1
    }
    return seconds &* 1_000_000_000 &+ fraction
  }

  /// The event's name: perf puts the period and the name of the system before it.
  static func readName(
    _ from: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord, _ cpu: UInt32
  ) -> Content {
    var at = from
    KernelText.skipBlanks(&at, end)
    skipDifference(&at, end)
    var name = at
    skipName(&at, end)
    if at > name, Digits.byte(name) &- 0x30 < 10, at < end, Digits.byte(at) == 0x20 {
      KernelText.skipBlanks(&at, end)
      name = at
      skipName(&at, end)
    }
    record.cpu = cpu
    record.namesSystem = at < end && Digits.byte(at) == 0x3A && at + 1 < end && KernelText.isName(Digits.byte(at + 1))
    if record.namesSystem {
      at += 1
      name = at
      skipName(&at, end)
    }
    if at < end, Digits.byte(at) == 0x3A, at > name {
      return .event(name: UnsafeRawBufferPointer(start: name, count: at - name), text: at + 1)
    }
    var scanner = TextScanner(name, end)
    if scanner.skip("PERF_RECORD_LOST"), scanner.skip(through: "lost "), let count = scanner.decimal() {
      return .lost(cpu: cpu, count: count)
    }
    return .text
  }

  private static func skipName(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    while at < end, KernelText.isName(Digits.byte(at)) { at += 1 }
  }

  /// `(+151520) `: the time since the event before, as `trace-cmd report --ts-diff` puts it behind the time.
  private static func skipDifference(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    guard end - at > 3, Digits.byte(at) == 0x28, Digits.byte(at + 1) == 0x2B else { return }
    var p = at + 2
    while p < end, Digits.byte(p) &- 0x30 < 10 || Digits.byte(p) == 0x2E { p += 1 }
    guard p < end, Digits.byte(p) == 0x29 else { return }
    at = p + 1
    KernelText.skipBlanks(&at, end)
  }

  /// `CPU:1 [LOST 12 EVENTS]` (ftrace), `CPU:1 [12 EVENTS DROPPED]` and `CPU:1 [EVENTS DROPPED]` (trace-cmd), such marks
  /// without a CPU, and `Lost 12 events` (bpftrace).
  private static func lost(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Content? {
    var scanner = TextScanner(start, end)
    var cpu = UInt64(PE.none)
    if scanner.skip("Lost ") {
      guard let count = scanner.decimal(), scanner.skip(" events") else { return nil }
      return .lost(cpu: PE.none, count: count)
    }
    if scanner.skip("CPU:") {
      guard let number = scanner.decimal(), number < 1 << 20 else { return nil }
      cpu = number
      scanner.skipBlanks()
    }
    guard scanner.skip("[") else { return nil }
    if scanner.skip("LOST ") { return .lost(cpu: UInt32(cpu), count: scanner.decimal() ?? 0) }
    if scanner.skip("EVENTS DROPPED") { return .lost(cpu: UInt32(cpu), count: 0) }
    guard let count = scanner.decimal() else { return nil }
    let marks: [StaticString] = [" EVENTS DROPPED", " EVENTS LOST", " events dropped", " events lost"]
    for mark in marks where scanner.skip(mark) { return .lost(cpu: UInt32(cpu), count: count) }
    return nil
  }
}
