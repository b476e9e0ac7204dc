/// Lines of the function_graph tracer, which prints events as comments among the calls of functions:
///
///       346.216802 |   0)    <idle>-0    |               |  /* irq_handler_entry: irq=36 name=eth0 */
///       346.216803 |   0)    <idle>-0    |   7.084 us    |  board_eth_irq();
///      0)               |  /* irq_handler_entry: irq=17 name=soc.mailbox */
///
/// The columns depend on options: the time on `funcgraph-abstime`, the thread on `funcgraph-proc`. Without a time an event is
/// of no use.
extension KernelLine {
  /// Reads such a line.
  static func readGraph(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Content {
    guard let columns = graphColumns(start, end), let comment = comment(columns.at, end) else { return .text }
    var at = comment.lowerBound
    let name = at
    while at < comment.upperBound, KernelText.isName(Digits.byte(at)) { at += 1 }
    guard at > name, at < comment.upperBound, Digits.byte(at) == 0x3A else { return .text }
    guard let time = columns.time else { return .timeless }
    record.time = time
    record.isTimeCount = false
    record.cpu = columns.cpu
    record.forgetThread()
    // The thread has a column of its own, whose end is the first bar.
    if let bar = (columns.at..<comment.lowerBound).first(where: { Digits.byte($0) == 0x7C }) {
      _ = readThread(columns.at, bar, &record)
    }
    return .event(name: UnsafeRawBufferPointer(start: name, count: at - name), text: at + 1)
  }

  /// Where an event's text ends: before the end of the comment that it stands in, on such a line.
  static func textEnd(_ text: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    var last = end
    while last > text, Digits.byte(last - 1) == 0x20 { last -= 1 }
    guard last - text >= 2, Digits.byte(last - 1) == 0x2F, Digits.byte(last - 2) == 0x2A else { return end }
    last -= 2
    while last > text, Digits.byte(last - 1) == 0x20 { last -= 1 }
    return last
  }

  /// Whether the line is one of the tracer's own: a call, the end of one, or a change of threads.
  static func isGraph(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var at = start
    skipQuoteMarks(&at, end)
    if graphColumns(at, end) != nil { return true }
    let first = at
    while at < end, Digits.byte(at) == 0x2D { at += 1 }
    return at - first > 20
  }

  /// The time, if it is shown, the CPU, and what follows it: ` 346.216802 |   0) …`.
  private static func graphColumns(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> (time: UInt64?, cpu: UInt32, at: UnsafeRawPointer)? {
    var at = start
    var number: UInt64 = 0
    var time: UInt64?
    guard at < end, Digits.byte(at) &- 0x30 < 10, Digits.readDecimal(&at, into: &number) else { return nil }
    if Digits.byte(at) == 0x2E {
      guard let nanoseconds = readFraction(&at, after: number) else { return nil }
      time = nanoseconds
      KernelText.skipBlanks(&at, end)
      guard at < end, Digits.byte(at) == 0x7C else { return nil }
      at += 1
      KernelText.skipBlanks(&at, end)
      guard at < end, Digits.byte(at) &- 0x30 < 10, Digits.readDecimal(&at, into: &number) else { return nil }
    }
    guard at < end, Digits.byte(at) == 0x29, number < 1 << 20 else { return nil }
    return (time, UInt32(number), at + 1)
  }

  /// What stands between `/* ` and ` */`.
  private static func comment(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Range<UnsafeRawPointer>? {
    var scanner = TextScanner(start, end)
    guard scanner.skip(through: "/* ") else { return nil }
    let last = textEnd(scanner.at, end)
    return last < end ? scanner.at..<last : nil
  }
}
