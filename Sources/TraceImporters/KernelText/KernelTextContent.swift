/// Recognises a kernel's trace as text by its content.
enum KernelTextContent {
  /// Whether one of the lines is an event of a kernel's trace; it need not be one that is used.
  static func recognises(_ bytes: [UInt8]) -> Bool {
    guard !bytes.prefix(4096).contains(0) else { return false }
    var padded = bytes
    padded.append(0x0A)
    padded += [UInt8](repeating: 0, count: Digits.padding)
    return padded.withUnsafeBytes { raw in
      var record = KernelRecord()
      var at = raw.baseAddress!
      let end = at + bytes.count + 1
      while at < end {
        let next = LogDecoder.nextLine(at, end)
        if case .event = KernelLine.read(at, next - 1, into: &record) { return true }
        at = next
      }
      return false
    }
  }
}
