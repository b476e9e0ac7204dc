extension DatFile {
  /// How stamps become nanoseconds.
  struct Clock {
    var name = ""
    /// Added to each stamp.
    var offset: UInt64 = 0
    /// Of a clock that counts cycles.
    var multiplier: UInt64 = 0
    var shift: UInt64 = 0
    var start: UInt64 = 0

    /// A stamp as nanoseconds.
    @inline(__always) func nanoseconds(_ stamp: UInt64) -> UInt64 {
      if multiplier == 0 { return stamp &+ offset }
      let product = stamp.multipliedFullWidth(by: multiplier)
      let scaled = shift == 0 ? product.low : product.low >> shift | product.high &<< (64 - shift)
      return scaled &- start &+ offset
    }

    // MARK: Options

    /// `[local] global counter …`: the one in brackets.
    static func chosenName(_ data: UnsafeRawBufferPointer) -> String {
      let text = String(decoding: data.filter { $0 != 0 }, as: UTF8.self)
      guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else { return "" }
      return String(text[text.index(after: open)..<close])
    }

    static func number(_ data: UnsafeRawBufferPointer) -> UInt64 {
      let text = String(decoding: data.filter { $0 > 0x20 }, as: UTF8.self)
      if text.hasPrefix("0x") { return UInt64(text.dropFirst(2), radix: 16) ?? 0 }
      return Int64(text).map { UInt64(bitPattern: $0) } ?? 0
    }
  }
}
