/// What an input looks like that is no capture, and what to do about it.
enum ForeignContent {
  /// A sentence about an input that starts with these bytes.
  static func describe(_ bytes: [UInt8]) -> String {
    let known: [(start: [UInt8], name: String)] = [
      (Array("PERFILE2".utf8), "a perf recording (perf.data); give the output of perf script"),
      ([0x7F] + Array("ELF".utf8), "a program (ELF)"),
      ([0xD0, 0x0D, 0xFE, 0xED], "a device tree blob"),
      (Array("SQLite format 3".utf8), "a SQLite database"),
      (Array("{".utf8), "JSON"),
    ]
    if bytes.isEmpty { return "it is empty" }
    if let match = known.first(where: { bytes.starts(with: $0.start) }) { return "it looks like \(match.name)" }
    if isPerfetto(bytes) {
      return "it looks like a Perfetto trace; convert it (traceconv systrace IN OUT, or Convert to .systrace on "
        + "ui.perfetto.dev) and give the result"
    }
    if !KernelTextContent.isText(bytes) {
      let start = bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
      return "it holds binary data that starts with \(start)"
    }
    return describeText(bytes)
  }

  private static func describeText(_ bytes: [UInt8]) -> String {
    let lines = bytes.prefix(1 << 16).split(separator: 0x0A).prefix(200).map {
      $0.drop { $0 <= 0x20 || $0 == 0x3E }
    }
    let headers = ["# tracer:", "cpus="].map { Array($0.utf8) }
    if lines.contains(where: { line in headers.contains { line.starts(with: $0) } }) {
      return "it is a kernel's trace without records: tracing was off, or no event was enabled or passed the filters"
    }
    let first = bytes.prefix { $0 != 0x0A && $0 != 0x0D }.prefix(60)
    return "it is text without GIC trace events and starts with '\(String(decoding: first, as: UTF8.self))'"
  }

  /// A packet of a `Trace` message (field 1, length-delimited), whose first field is a number or a message, among bytes
  /// that no text has.
  private static func isPerfetto(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == 0x0A, let (length, start) = varint(bytes, 1), length > 1, start < bytes.count,
      bytes[start] & 7 == 0 || bytes[start] & 7 == 2, bytes[start] >= 8
    else { return false }
    return bytes.prefix(256).count { $0 < 0x09 || (0x0E..<0x20).contains($0) } > 3
  }

  private static func varint(_ bytes: [UInt8], _ from: Int) -> (value: Int, next: Int)? {
    var value = 0
    for (index, at) in (from..<min(from + 5, bytes.count)).enumerated() {
      value |= Int(bytes[at] & 0x7F) << (7 * index)
      if bytes[at] < 0x80 { return (value, at + 1) }
    }
    return nil
  }
}
