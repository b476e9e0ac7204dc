import CZlib

/// Bars as the page's script wants them: columns of 32-bit numbers one after the other (starts, each as the distance
/// from the one before; waits; runs; active spans; from the start to the list register; INTIDs; rows; events; flags),
/// deflated, in base 64.
struct TimelineEncoding {
  let bars: [TimelineBar]
  /// The rows, in their order on the page.
  let rows: [TimelineRow]
  /// ns that starts count from.
  let start: UInt64
  /// Length of all in ticks.
  let length: UInt64
  /// ns in a tick: the least power of ten with which the whole capture fits 32 bits.
  let tick: UInt64

  /// Row limit.
  private static let rowLimit = 256

  init(_ bars: [TimelineBar]) {
    self.bars = bars
    rows = Array(Set(bars.map(\.row)).sorted().prefix(Self.rowLimit))
    start = bars.first?.start ?? 0
    let end = bars.map { $0.start &+ $0.length }.max() ?? 0
    let span = end > start ? end - start : 0
    var tick: UInt64 = 1
    while span / tick >= UInt64(UInt32.max), tick < .max / 10 { tick *= 10 }
    self.tick = tick
    length = span / tick + 1
  }

  var base64: String {
    var words: [UInt32] = []
    words.reserveCapacity(bars.count * 9)
    func ticks(_ nanoseconds: UInt64) -> UInt32 { UInt32(min(nanoseconds / tick, UInt64(UInt32.max))) }
    var last: UInt32 = 0
    for bar in bars {
      let at = ticks(bar.start - start)
      words.append(at &- last)
      last = at
    }
    // Ends are rounded, not lengths: bars that touch do so on the page too.
    words += bars.map { ticks($0.start - start + $0.wait) - ticks($0.start - start) }
    words += bars.map { ticks($0.start - start + $0.wait + $0.run) - ticks($0.start - start + $0.wait) }
    words += bars.map { ticks($0.active) }
    words += bars.map { ticks($0.listed) }
    words += bars.map(\.intid)
    let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, UInt32($0)) })
    words += bars.map { places[$0.row] ?? .max }
    words += bars.map { UInt32(truncatingIfNeeded: $0.event) }
    words += bars.map(\.flags)
    return Self.base64(Self.deflated(words))
  }

  private static func deflated(_ words: [UInt32]) -> [UInt8] {
    words.map(\.littleEndian).withUnsafeBytes { input in
      var size = compressBound(UInt(input.count))
      var output = [UInt8](repeating: 0, count: Int(size))
      let status = compress2(&output, &size, input.bindMemory(to: UInt8.self).baseAddress, UInt(input.count), 6)
      return status == Z_OK ? Array(output[..<Int(size)]) : []
    }
  }

  static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for at in stride(from: 0, to: bytes.count, by: 3) {
      let group =
        UInt32(bytes[at]) << 16 | (at + 1 < bytes.count ? UInt32(bytes[at + 1]) << 8 : 0)
        | (at + 2 < bytes.count ? UInt32(bytes[at + 2]) : 0)
      for (place, shift) in [18, 12, 6, 0].enumerated() {
        out.append(at + place - 1 < bytes.count ? digits[Int(group >> UInt32(shift) & 63)] : 0x3D)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
