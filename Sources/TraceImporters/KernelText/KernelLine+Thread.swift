import InterruptTrace

/// The thread of a line, and the recording that it comes from.
extension KernelLine {
  /// The thread, read backwards from the CPU: `NAME-PID`, `NAME-PID (TGID)`, `NAME PID`, `NAME PID/TID`.
  static func readThread(
    _ start: UnsafeRawPointer, _ bracket: UnsafeRawPointer, _ record: inout KernelRecord
  ) -> Bool {
    var at = bracket
    skipBlanksBack(&at, start)
    record.process = 0
    var process: UInt32?
    if at > start, Digits.byte(at - 1) == 0x29 {
      at -= 1
      process = numberBack(&at, start)
      // `(    263)`, `(-------)`.
      let limit = at - start > 16 ? at - 16 : start
      while at > limit, Digits.byte(at - 1) != 0x28 { at -= 1 }
      guard at > limit else { return false }
      at -= 1
      skipBlanksBack(&at, start)
    }
    guard let thread = numberBack(&at, start) else { return false }
    if at > start, Digits.byte(at - 1) == 0x2F {
      at -= 1
      process = numberBack(&at, start)
    }
    // perf prints the number alone where it does not know the name.
    if at > start {
      guard [0x20, 0x2D, 0x09].contains(Digits.byte(at - 1)) else { return false }
      at -= 1
      skipBlanksBack(&at, start)
    }
    var name = start
    KernelText.skipBlanks(&name, at)
    record.recording = readRecording(&name, at)
    record.name = UnsafeRawBufferPointer(start: name, count: max(0, at - name))
    record.thread = thread
    record.showsThread = true
    record.process = process ?? 0
    return true
  }

  /// `host.dat: `: the file, or the instance, that a line of `trace-cmd report` comes from. Names of threads have no colon
  /// with a blank behind it.
  private static func readRecording(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawBufferPointer {
    var p = at
    while p < end, Digits.byte(p) > 0x20 { p += 1 }
    guard p < end, p - at > 1, Digits.byte(p - 1) == 0x3A else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let name = UnsafeRawBufferPointer(start: at, count: p - 1 - at)
    KernelText.skipBlanks(&p, end)
    guard p < end else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    at = p
    return name
  }

  static func skipBlanksBack(_ at: inout UnsafeRawPointer, _ start: UnsafeRawPointer) {
    while at > start, Digits.byte(at - 1) == 0x20 || Digits.byte(at - 1) == 0x09 { at -= 1 }
  }

  static func numberBack(_ at: inout UnsafeRawPointer, _ start: UnsafeRawPointer) -> UInt32? {
    var value: UInt64 = 0
    var scale: UInt64 = 1
    let last = at
    while at > start, Digits.byte(at - 1) &- 0x30 < 10, last - at < 9 {
      at -= 1
      value += UInt64(Digits.byte(at) &- 0x30) * scale
      scale *= 10
    }
    return at < last ? UInt32(value) : nil
  }
}
