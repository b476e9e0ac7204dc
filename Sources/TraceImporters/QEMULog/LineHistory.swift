import InterruptTrace

/// The levels of a GICv2's inputs, which are printed when they change: a board with two controllers, such as that of Zynq
/// UltraScale+ for its two clusters, prints what is wired to both twice, and the lines name no controller. In the file of one
/// of several threads some lines only rise, or only fall.
struct LineHistory {
  /// The lines come in the order in which they were printed: one file holds those of all threads.
  var isOrdered = true
  /// A line rose twice and then fell twice.
  private(set) var showsOtherController = false
  /// A line rose or fell four times in a row.
  private(set) var lacksChanges = false
  /// The last four levels of each input, the latest in bit 0, below a one.
  private var levels: [UInt64: UInt8] = [:]

  mutating func take(_ intid: UInt64, level: UInt64, mask: UInt64) {
    guard isOrdered, intid < 1020 else { return }
    let line = INTID.isBanked(intid) ? intid << 8 | mask & 0xFF : intid << 8
    var last = levels[line, default: 1] << 1 | UInt8(level & 1)
    if last >= 0x20 { last = 0x10 | last & 0xF }
    levels[line] = last
    switch last {
    case 0x1C: showsOtherController = true
    case 0x10, 0x1F: lacksChanges = true
    default: break
    }
  }
}
