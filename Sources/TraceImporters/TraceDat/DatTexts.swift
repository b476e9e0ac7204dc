/// Tables of a trace.dat that are text.
enum DatTexts {
  /// Names of threads that are kept.
  private static let threadLimit = 1 << 20

  /// `0xffff… : "text"`, one a line: texts that records point at.
  static func strings(_ bytes: UnsafeRawBufferPointer) -> [UInt64: [UInt8]] {
    var strings: [UInt64: [UInt8]] = [:]
    for line in bytes.split(separator: 0x0A) {
      guard let colon = line.firstIndex(of: 0x3A), let quote = line[colon...].firstIndex(of: 0x22) else { continue }
      let address = String(decoding: line[..<colon], as: UTF8.self).filter { $0 != " " }
      guard let key = UInt64(address.drop { $0 == "0" }.dropFirst(address.hasPrefix("0x") ? 1 : 0), radix: 16) else {
        continue
      }
      var text = Array(line[(quote + 1)...])
      if text.last == 0x22 { text.removeLast() }
      strings[key] = text
    }
    return strings
  }

  /// `265 qemu-system-aar`, one a line: adds the threads to those that are known.
  static func add(threadNames bytes: UnsafeRawBufferPointer, to names: inout [UInt32: [UInt8]]) {
    for line in bytes.split(separator: 0x0A) {
      guard let blank = line.firstIndex(of: 0x20), names.count < threadLimit,
        let id = UInt32(String(decoding: line[..<blank], as: UTF8.self))
      else { continue }
      names[id] = Array(line[(blank + 1)...].filter { $0 != 0 })
    }
  }
}
