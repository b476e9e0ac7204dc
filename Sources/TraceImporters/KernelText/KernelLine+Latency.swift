import InterruptTrace

/// Lines that have no CPU in brackets: of latency formats, and of perf without the CPU.
extension KernelLine {
  /// `NAME PID SECONDS.FRACTION: SYSTEM:EVENT: …`, as perf prints threads' events that name no CPU, or the latency formats.
  static func readWithoutCPU(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Content {
    var colon = start
    while colon < end {
      if Digits.byte(colon) == 0x3A, let time = timeBack(colon, start) {
        var at = time
        if readTime(&at, end, &record), at == colon + 1 {
          if let cpu = readLatencyThread(start, time, &record) { return readName(&at, end, &record, cpu) }
          if readThread(start, time, &record) { return readName(&at, end, &record, PE.none) }
        }
      }
      colon += 1
    }
    return .text
  }

  /// Where the time before the colon starts; nil if there is none, or no blank before it.
  private static func timeBack(_ colon: UnsafeRawPointer, _ start: UnsafeRawPointer) -> UnsafeRawPointer? {
    var time = colon
    if time - start > 3, Digits.byte(time - 1) == 0x73, Digits.byte(time - 2) == 0x75 {
      time -= 2
    } else if time - start > 4, Digits.byte(time - 2) == 0x73, Digits.byte(time - 3) == 0x75 {
      time -= 3
    }
    let last = time
    while time > start, Digits.byte(time - 1) &- 0x30 < 10 || Digits.byte(time - 1) == 0x2E { time -= 1 }
    return time < last && time > start && Digits.byte(time - 1) == 0x20 ? time : nil
  }

  /// `NAME-PID     0d.h..`: the CPU with the flags behind it, the name cut to eight characters. Returns the CPU.
  private static func readLatencyThread(
    _ start: UnsafeRawPointer, _ time: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> UInt32? {
    var flagsEnd = time
    skipBlanksBack(&flagsEnd, start)
    var word = flagsEnd
    while word > start, Digits.byte(word - 1) > 0x20 { word -= 1 }
    var at = word
    var cpu: UInt64 = 0
    guard word > start, Digits.byte(at) &- 0x30 < 10, Digits.readDecimal(&at, into: &cpu), cpu < 1 << 20,
      (3...7).contains(flagsEnd - at), isFlag(Digits.byte(at))
    else { return nil }
    skipBlanksBack(&word, start)
    // A thread's name and number are joined here; perf's `NAME PID` is another form.
    var number = word
    guard numberBack(&number, start) != nil, number > start, Digits.byte(number - 1) == 0x2D,
      readThread(start, word, &record)
    else { return nil }
    return UInt32(cpu)
  }

  private static func isFlag(_ c: UInt8) -> Bool { c == 0x2E || (c | 0x20) &- 0x61 < 26 }
}
