import InterruptTrace

/// Finds which entry of a guest, as the hypervisor's tracing shows it, is which load of list registers, as a capture from
/// below shows it. The two have different clocks.
///
/// An entry lies between switching the virtual interface on, for the load, and off again. The offset of the clocks is the
/// one by which most loads hold an entry in this way; the search starts again where loads stop doing so, so that a clock that
/// was stopped in between does no harm, and refined from part to part, so that neither does one that drifts.
struct EntryAlignment {
  /// An entry: when, and where.
  struct Entry {
    var time: UInt64
    var cpu: UInt32
    var event: UInt64
  }

  /// The load of each entry, by the entry's place; nil if it has none: nothing was loaded.
  private(set) var loadOfEntry: [Int?]
  /// Loads that no entry follows: the hypervisor turned round before the guest ran.
  private(set) var abandoned = 0
  /// Offsets of the clocks that were found, in ns: the first of them.
  private(set) var offset: Int64?
  /// How often another offset had to be found.
  private(set) var jumps = 0
  /// The first and last entry within the time that the loads cover.
  private(set) var covered: Range<Int> = 0..<0

  /// Loads that are looked at together.
  private static let part = 256
  /// Searches that are made in vain at least, over the whole capture, before no offset is found: the hypervisor's may
  /// begin late in the other.
  private static let searches = 16
  /// The share of loads with an entry by which an offset holds. A wrong one finds a few per cent, by chance; the right one
  /// not all, where the hypervisor turns round.
  private static let leastShare = 0.3
  /// By how much an offset may be refined from one part to the next.
  private static let slack: Int64 = 150_000
  /// What clocks of a microsecond's resolution leave open.
  private static let tolerance: Int64 = 15_000

  private let entries: [Entry]
  private let loads: [RegisterLoad]
  /// Times of entries with their places, by CPU.
  private let byCPU: [UInt32: [(time: Int64, place: Int)]]

  init(entries: [Entry], loads: [RegisterLoad]) {
    self.entries = entries
    self.loads = loads
    loadOfEntry = Array(repeating: nil, count: entries.count)
    var byCPU: [UInt32: [(time: Int64, place: Int)]] = [:]
    for (place, entry) in entries.enumerated() {
      byCPU[entry.cpu, default: []].append((Int64(clamping: entry.time), place))
    }
    for cpu in byCPU.keys { byCPU[cpu]!.sort { $0.time < $1.time } }
    self.byCPU = byCPU
    guard !entries.isEmpty, loads.count > 8 else { return }
    alignParts()
    abandoned = loads.count - loadOfEntry.count { $0 != nil }
    if let first = loadOfEntry.firstIndex(where: { $0 != nil }), let last = loadOfEntry.lastIndex(where: { $0 != nil })
    {
      covered = first..<last + 1
    }
  }

  /// Loads that are looked at together, and the offset that holds for them.
  private struct Part {
    var range: Range<Int>
    var offset: Int64?
    /// The share of loads with an entry by that offset.
    var share = 0.0
  }

  /// Assigns the entries part by part: those of a part without an offset of its own by that of a part beside it.
  private mutating func alignParts() {
    var parts = offsets()
    // Where entries come at regular times, a wrong offset may hold for a while, though less well than the right one.
    let best = parts.map(\.share).max() ?? 0
    for index in parts.indices where parts[index].share < best * 2 / 3 { parts[index].offset = nil }
    var (before, after): (Int64?, Int64?)
    var next = 0
    for (index, part) in parts.enumerated() {
      if let found = part.offset {
        if let before, abs(found - before) > Self.slack { jumps += 1 }
        offset = offset ?? found
        before = found
        assign(part.range, found)
        continue
      }
      if next <= index {
        next = parts[index...].firstIndex { $0.offset != nil } ?? parts.count
        after = next < parts.count ? parts[next].offset : nil
      }
      if let other = after ?? before { assign(part.range, better(part.range, before, other)) }
    }
  }

  /// Goes through the loads part by part. Where the offset does not hold, another one is searched for; after a search in
  /// vain, only a while later.
  private func offsets() -> [Part] {
    var parts: [Part] = []
    var current: Int64?
    var (failures, pause) = (0, 0)
    for start in stride(from: 0, to: loads.count, by: Self.part) {
      var part = Part(range: start..<min(start + Self.part, loads.count))
      defer { parts.append(part) }
      if let held = current.flatMap({ hold(part.range, $0) }) {
        part.offset = held
      } else if pause > 0 {
        pause -= 1
      } else if let found = find(part.range, near: current) {
        part.offset = found
        failures = 0
      } else {
        failures += 1
        pause = min(1 << min(failures, 16) - 1, max(1, loads.count / Self.part / Self.searches))
      }
      guard let found = part.offset else { continue }
      part.share = share(part.range, found)
      current = found
    }
    return parts
  }

  /// The offset of the part before, refined; nil if it does not hold here. Where entries come at regular times, one that is
  /// off by such a time holds about as well.
  private func hold(_ range: Range<Int>, _ current: Int64) -> Int64? {
    let near = refine(range, around: current, within: 2 * Self.tolerance) ?? current
    let far = refine(range, around: current, within: Self.slack) ?? current
    let refined = share(range, far) > 1.05 * share(range, near) ? far : near
    return share(range, refined) >= Self.leastShare ? refined : nil
  }

  /// Another offset that holds.
  private func find(_ range: Range<Int>, near: Int64?) -> Int64? {
    guard let found = search(range, near: near), let refined = refine(range, around: found, within: 1_000_000) else {
      return nil
    }
    return share(range, refined) >= Self.leastShare ? refined : nil
  }

  /// The one of two offsets by which more loads of a part hold an entry.
  private func better(_ range: Range<Int>, _ old: Int64?, _ new: Int64) -> Int64 {
    guard let old, share(range, old) > share(range, new) else { return new }
    return old
  }

  // MARK: One offset

  /// When the virtual interface was on for a load, by the entries' clock. Where nothing shows it switched off, for as long
  /// as it takes to enter.
  private func window(_ load: Int, _ offset: Int64) -> (from: Int64, to: Int64) {
    let from = Int64(bitPattern: loads[load].from) - offset
    let to = Int64(bitPattern: loads[load].to) - offset
    return (from, to > from ? to : from + Self.slack)
  }

  /// The entries of a CPU within a time.
  private func entries(of cpu: UInt32, _ from: Int64, _ to: Int64) -> ArraySlice<(time: Int64, place: Int)> {
    guard let all = byCPU[cpu], from <= to else { return [] }
    return all[all.partitioningIndex { $0.time >= from }..<all.partitioningIndex { $0.time > to }]
  }

  private func share(_ range: Range<Int>, _ offset: Int64) -> Double {
    let hits = range.count { load in
      let (from, to) = window(load, offset)
      return !entries(of: loads[load].pe, from - Self.tolerance, to + Self.tolerance).isEmpty
    }
    return Double(hits) / Double(range.count)
  }

  /// The offset by which most loads hold an entry, in the middle of those that are as good.
  private func refine(_ range: Range<Int>, around offset: Int64, within slack: Int64) -> Int64? {
    var edges: [(at: Int64, change: Int)] = []
    for load in range {
      let (from, to) = window(load, offset)
      for entry in entries(of: loads[load].pe, from - slack, to + slack) {
        edges.append((max(from - entry.time, -slack), 1))
        edges.append((min(to - entry.time, slack), -1))
      }
    }
    // At the same place, what begins comes before what ends.
    edges.sort { ($0.at, $1.change) < ($1.at, $0.change) }
    var (holding, best) = (0, 0)
    var plateau: (from: Int64, to: Int64)?
    for edge in edges {
      if edge.change < 0, holding == best, let start = plateau?.from, plateau!.to == start { plateau!.to = edge.at }
      holding += edge.change
      if holding > best {
        best = holding
        plateau = (edge.at, edge.at)
      }
    }
    return plateau.map { offset + $0.from + ($0.to - $0.from) / 2 }
  }

  private mutating func assign(_ range: Range<Int>, _ offset: Int64) {
    for load in range {
      let (from, to) = window(load, offset)
      var best: (place: Int, distance: Int64)?
      for entry in entries(of: loads[load].pe, from - Self.tolerance, to + Self.tolerance) {
        guard loadOfEntry[entry.place] == nil else { continue }
        // Inside is better than nearly so.
        let distance = entry.time < from ? from - entry.time : entry.time > to ? entry.time - to : 0
        if distance < best?.distance ?? .max { best = (entry.place, distance) }
      }
      guard let best else { continue }
      // Nearly inside this one may be inside the next.
      if best.distance > 0, load + 1 < loads.count, isInside(entries[best.place], laterThan: load, offset) { continue }
      loadOfEntry[best.place] = load
    }
  }

  /// Whether one of the next loads of the same PE holds the entry.
  private func isInside(_ entry: Entry, laterThan load: Int, _ offset: Int64) -> Bool {
    let time = Int64(clamping: entry.time)
    for next in loads.indices.dropFirst(load + 1).prefix(8) where loads[next].pe == loads[load].pe {
      let (from, to) = window(next, offset)
      return time >= from && time <= to
    }
    return false
  }

  // MARK: Any offset

  /// The offset that most pairs of a load and an entry behind it have in common, about.
  ///
  /// What is between the two differs little from one to the next, unless probes make entries later: then the time within
  /// which pairs meet is longer, and more of them must.
  private func search(_ range: Range<Int>, near: Int64?) -> Int64? {
    let sample = Array(stride(from: range.lowerBound, to: range.upperBound, by: max(1, range.count / 24)))
    // Once the clocks are aligned they do not drift apart by more than a stop.
    let all =
      near.map { Self.minus($0, Self.longestStop)...Self.minus($0, -Self.longestStop) } ?? -Self.longest...Self.longest
    for (bin, least, most) in [(40_000 as Int64, 0.34, 0.4), (250_000, 0.6, 0.5)] {
      let candidates = peaks(sample, bin, all).filter { Double($0.count) >= least * Double(sample.count) }
      let found = candidates.compactMap { peaks(range, bin, $0.offset - bin...$0.offset + bin).first }
      if let best = found.max(by: { $0.count < $1.count }), Double(best.count) >= most * Double(range.count) {
        return best.offset
      }
    }
    return nil
  }

  /// The difference, as far as 64 bits hold it.
  private static func minus(_ left: Int64, _ right: Int64) -> Int64 {
    let (value, overflows) = left.subtractingReportingOverflow(right)
    return overflows ? (left < 0 ? .min : .max) : value
  }

  private static let longestStop: Int64 = 3_600_000_000_000
  private static let longest = Int64.max / 4
  private static let peakLimit = 16

  /// The differences between a load and an entry that most of the loads have in common, those of most loads first.
  private func peaks(
    _ voters: some Sequence<Int>, _ bin: Int64, _ window: ClosedRange<Int64>
  ) -> [(count: Int, offset: Int64)] {
    var differences: [Int64] = []
    for load in voters {
      let from = Int64(bitPattern: loads[load].from)
      for entry in entries(
        of: loads[load].pe, Self.minus(from, window.upperBound), Self.minus(from, window.lowerBound))
      {
        differences.append(from &- entry.time)
      }
    }
    differences.sort()
    var peaks: [(count: Int, low: Int)] = []
    var low = 0
    for high in differences.indices {
      while differences[high] &- differences[low] > bin { low += 1 }
      let count = high - low + 1
      guard let last = peaks.last, differences[low] - differences[last.low] <= bin else {
        peaks.append((count, low))
        continue
      }
      if count > last.count { peaks[peaks.count - 1] = (count, low) }
    }
    peaks.sort { ($1.count, $0.low) < ($0.count, $1.low) }
    return peaks.prefix(Self.peakLimit).map { ($0.count, differences[$0.low + $0.count / 2]) }
  }
}
