/// Finds the CPUs' data in a trace.dat of version 7 that is cut. Where they lie stands behind them, and is lost; the sections
/// themselves follow each other, and the CPUs' data start at pages.
struct DatRecovery {
  let tables: DatTables
  let pageSize: Int
  /// Where a page's data start.
  let dataOffset: Int
  let isBigEndian: Bool
  private static let cpuLimit = 4096
  private var length: Int { tables.input.count }

  /// The data that are there, in the order of the CPUs, which are taken to be numbered from 0 on.
  func cpus(firstSection: Int) -> [DatFile.CPU] {
    var at = firstSection
    while at < length {
      var head = tables.reader(at: at, isBigEndian: isBigEndian)
      guard let id = try? head.u16(""), let flags = try? head.u16(""), (try? head.u32("")) != nil,
        let size = try? head.u64("")
      else { break }
      let end = UInt64(at + 16) &+ size
      if id == 3 {
        // The section's length is written last: a file that was never finished has none.
        let limit = size > 0 && end < UInt64(length) ? Int(end) : length
        return flags & 1 != 0 ? compressed(from: at + 16, to: limit) : plain(from: at + 16, to: limit)
      }
      guard size > 0, end < UInt64(length) else { break }
      at = Int(end)
    }
    return []
  }

  private func aligned(_ place: Int) -> Int { (place + pageSize - 1) / pageSize * pageSize }

  private func compressed(from start: Int, to end: Int) -> [DatFile.CPU] {
    var cpus: [DatFile.CPU] = []
    var place = aligned(start)
    while place + 4 <= end, cpus.count < Self.cpuLimit {
      var head = tables.reader(at: place, isBigEndian: isBigEndian)
      let chunks = (try? head.u32("")) ?? 0
      var next = place + 4
      for _ in 0..<chunks {
        var chunk = tables.reader(at: next, isBigEndian: isBigEndian)
        guard let stored = try? chunk.u32(""), stored > 0 else { next = end; break }
        next += 8 + Int(stored)
        if next >= end { break }
      }
      next = min(next, end)
      let size = UInt64(next - place - 4)
      cpus.append(.init(cpu: UInt32(cpus.count), offset: UInt64(place), size: size, isCompressed: true))
      place = aligned(next)
    }
    return cpus
  }

  /// A page that is older than the one before is the next CPU's first.
  private func plain(from start: Int, to end: Int) -> [DatFile.CPU] {
    var cpus: [DatFile.CPU] = []
    var last: UInt64 = .max
    var place = aligned(start)
    while place + dataOffset <= end {
      var head = tables.reader(at: place, isBigEndian: isBigEndian)
      let time = (try? head.u64("")) ?? 0
      if cpus.isEmpty || time < last {
        guard cpus.count < Self.cpuLimit else { break }
        cpus.append(.init(cpu: UInt32(cpus.count), offset: UInt64(place), size: 0, isCompressed: false))
      }
      cpus[cpus.count - 1].size += UInt64(min(pageSize, end - place))
      last = time
      place += pageSize
    }
    return cpus
  }
}
