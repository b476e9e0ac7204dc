/// What shows that a line is only a part of one, or is of another kind of machine.
extension KernelLine {
  /// A line of text with a CPU in brackets may be an event whose rest follows.
  static func mayBeWrapped(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var at = start
    while at < end {
      if Digits.byte(at) == 0x5B {
        var p = at + 1
        while p < end, Digits.byte(p) &- 0x30 < 10 { p += 1 }
        if p > at + 1, p < end, Digits.byte(p) == 0x5D { return true }
      }
      at += 1
    }
    return false
  }

  /// `vcpu 0, rip 0x22da`: KVM's events have other fields on x86.
  static func isForeign(_ body: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var scanner = TextScanner(body, end)
    return scanner.skip(through: "rip 0x")
  }

  /// Whether an event's text ends in a word that may go on: in none that closes it, and in none that is known.
  static func mayBeCut(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    let text = UnsafeRawBufferPointer(start: start, count: end - start)
    return !")]/".utf8.contains(text.last ?? 0) && !text.suffix(7).elementsEqual("handled".utf8)
  }
}
