/// What a CPU's buffer in the kernel lost, by its own statistics in the file.
struct DatOverrun {
  var cpu: UInt32 = 0
  var count: UInt64 = 0

  /// `CPU: 1`, `overrun: 12`, one a line; nil if nothing was lost.
  init?(_ data: UnsafeRawBufferPointer) {
    for line in data.split(separator: 0x0A) {
      let text = String(decoding: line, as: UTF8.self)
      let value = text.split(separator: ":").last.flatMap { UInt64($0.filter { $0 != " " }) } ?? 0
      if text.hasPrefix("CPU:") { cpu = UInt32(clamping: value) }
      if text.hasPrefix("overrun:") || text.hasPrefix("dropped events:") { count &+= value }
    }
    if count == 0 { return nil }
  }
}
