/// Finds which entry of a guest, as the hypervisor's tracing shows it, is which load of list registers, as a capture from
/// below shows it. The two have different clocks.
///
/// The offset of the clocks is the difference of times that most pairs on the same CPU have in common; it is looked for
/// anew where pairs stop matching, so that a clock that was stopped in between does no harm.
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

  /// Loads that vote on the offset.
  private static let voters = 256
  /// The share of loads with an entry by which an offset holds. A wrong one finds a few per cent, by chance; the right one
  /// not all, where guests are entered with nothing to load or the hypervisor turns round.
  private static let leastShare = 0.4
  /// Loads of these that vote first.
  private static let sampleSize = 24
  /// Between the load of the registers and the entry, and how far apart that may be from one entry to the next.
  private static let slack: Int64 = 150_000
  private static let bin: Int64 = 40_000

  init(entries: [Entry], loads: [RegisterLoad]) {
    loadOfEntry = Array(repeating: nil, count: entries.count)
    var byCPU: [UInt32: [Int]] = [:]
    for (place, entry) in entries.enumerated() { byCPU[entry.cpu, default: []].append(place) }
    guard !entries.isEmpty, loads.count > 8 else { return }
    var current: Int64?
    var start = 0
    while start < loads.count {
      let window = start..<min(start + Self.voters, loads.count)
      if current.map({ Self.share(window, loads, entries, byCPU, $0) < Self.leastShare }) ?? true {
        if let found = Self.vote(window, loads, entries, byCPU, near: current) {
          if current != nil, abs(found - current!) > Self.slack { jumps += 1 }
          current = found
          if offset == nil { offset = found }
        }
      }
      if let current { assign(window, loads, entries, byCPU, current) }
      start = window.upperBound
    }
    abandoned = loads.count - loadOfEntry.count { $0 != nil }
    if let first = loadOfEntry.firstIndex(where: { $0 != nil }), let last = loadOfEntry.lastIndex(where: { $0 != nil })
    {
      covered = first..<last + 1
    }
  }

  private mutating func assign(
    _ window: Range<Int>, _ loads: [RegisterLoad], _ entries: [Entry], _ byCPU: [UInt32: [Int]], _ offset: Int64
  ) {
    for number in window {
      guard let places = byCPU[loads[number].pe] else { continue }
      // An entry lies between switching the virtual interface on and off.
      let from = Int64(loads[number].from) - offset
      let end = Int64(loads[number].to) - offset
      var best: Int?
      for place in Self.range(places, entries, from - Self.slack / 2, max(end, from) + Self.slack / 4) {
        let distance = abs(Int64(entries[place].time) - from)
        if loadOfEntry[place] == nil, distance < best.map({ abs(Int64(entries[$0].time) - from) }) ?? .max {
          best = place
        }
      }
      if let best { loadOfEntry[best] = number }
    }
  }

  /// The entries of a CPU within a time, by place.
  private static func range(_ places: [Int], _ entries: [Entry], _ from: Int64, _ to: Int64) -> ArraySlice<Int> {
    func lower(_ time: Int64) -> Int {
      var (low, high) = (0, places.count)
      while low < high {
        let middle = (low + high) / 2
        if Int64(entries[places[middle]].time) < time { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let first = lower(from)
    return places[first..<max(first, lower(to))]
  }

  private static func share(
    _ window: Range<Int>, _ loads: [RegisterLoad], _ entries: [Entry], _ byCPU: [UInt32: [Int]], _ offset: Int64
  ) -> Double {
    let hits = window.count { number in
      let from = Int64(loads[number].from) - offset
      return byCPU[loads[number].pe].map { !range($0, entries, from - slack / 4, from + slack / 2).isEmpty } ?? false
    }
    return Double(hits) / Double(window.count)
  }

  /// The offset that most pairs of a load and an entry have in common; nil if fewer than half the loads agree on one.
  ///
  /// A sample of the loads votes first: a capture from below may go on for long where the other has no entry.
  private static func vote(
    _ window: Range<Int>, _ loads: [RegisterLoad], _ entries: [Entry], _ byCPU: [UInt32: [Int]], near: Int64?
  ) -> Int64? {
    let sample = Array(stride(from: window.lowerBound, to: window.upperBound, by: max(1, window.count / sampleSize)))
    guard vote(sample, loads, entries, byCPU, near: near, oneIn: 3) != nil else { return nil }
    return vote(Array(window), loads, entries, byCPU, near: near, oneIn: 2)
  }

  private static func vote(
    _ voters: [Int], _ loads: [RegisterLoad], _ entries: [Entry], _ byCPU: [UInt32: [Int]], near: Int64?,
    oneIn least: Int
  ) -> Int64? {
    var differences: [Int64] = []
    for number in voters {
      for place in byCPU[loads[number].pe] ?? [] {
        let difference = Int64(bitPattern: loads[number].from &- entries[place].time)
        // Once the clocks are aligned they do not drift apart by more than a stop.
        if let near, abs(difference - near) > 3_600_000_000_000 { continue }
        differences.append(difference)
      }
    }
    differences.sort()
    var best = (count: 0, start: 0)
    var low = 0
    for high in differences.indices {
      while differences[high] - differences[low] > bin { low += 1 }
      if high - low + 1 > best.count { best = (high - low + 1, low) }
    }
    guard best.count * least >= voters.count else { return nil }
    return differences[best.start + best.count / 2]
  }
}
