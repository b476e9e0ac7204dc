import InterruptTrace

/// The exception levels that PEs are known to be in, and where they were interrupted.
struct ExceptionLevels {
  /// PEs that have something in common: the one PE of a group of one is the sum of their numbers.
  private struct Group {
    var count = 0
    var sum: UInt64 = 0

    var only: UInt32? { count == 1 ? UInt32(sum) : nil }
  }

  private struct Place: Hashable {
    var level: UInt64
    var address: UInt64
  }

  private var levels: [UInt32: UInt64] = [:]
  private var atLevel = [Group](repeating: Group(), count: 16)
  /// How many PEs of a level came to it without an exception, so that their returns may go anywhere.
  private var neverInterrupted = [Int](repeating: 0, count: 16)
  /// The PEs in a level that were interrupted at a place.
  private var interrupted: [Place: Group] = [:]
  /// Where a PE was interrupted, the latest last, by PE and the level that the exceptions went to.
  private var links: [UInt64: [UInt64]] = [:]

  /// PEs whose exception level is remembered.
  private static let levelLimit = 4096
  /// Interrupted places of a PE and level that are remembered: exceptions nest.
  private static let linkLimit = 4

  subscript(pe: UInt32) -> UInt64? { levels[pe] }

  func pes(in level: UInt64) -> [UInt32] { levels.filter { $0.value == level }.map(\.key) }

  /// Where a PE was interrupted last, of the exceptions that went to a level and that it did not return from.
  func link(of pe: UInt32, in level: UInt64) -> UInt64? { links[linkKey(pe, level)]?.last }

  func someWasInterrupted(at address: UInt64, in level: UInt64) -> Bool {
    interrupted[Place(level: level, address: address)] != nil
  }

  /// The one PE in a level that is none of `others`; nil if there are more, or if a PE's level is not known.
  func onlyPE(in level: UInt64, without others: [UInt32], of peCount: Int) -> UInt32? {
    guard levels.count >= peCount else { return nil }
    var group = atLevel[Int(level)]
    for pe in others where levels[pe] == level {
      group.count -= 1
      group.sum -= UInt64(pe)
    }
    return group.only
  }

  /// The one PE in a level that was interrupted at a place, if all of the level were interrupted somewhere.
  func onlyPE(interruptedAt place: UInt64, in level: UInt64, of peCount: Int) -> UInt32? {
    guard levels.count >= peCount, neverInterrupted[Int(level)] == 0 else { return nil }
    return onlyPE(interruptedAt: place, in: level)
  }

  /// The one PE in a level that is known to have been interrupted at a place.
  func onlyPE(interruptedAt place: UInt64, in level: UInt64) -> UInt32? {
    interrupted[Place(level: level, address: place)]?.only
  }

  /// An exception's PE is known; `link` is where it was interrupted. False if no more PEs are remembered.
  mutating func note(_ event: Event, link: UInt64?) -> Bool {
    guard event.pe != PE.none, levels.count < Self.levelLimit || levels[event.pe] != nil else { return false }
    count(event.pe, -1)
    defer { count(event.pe, 1) }
    levels[event.pe] = event.a >> 12 & 0xF
    if let link {
      push(link, linkKey(event.pe, event.a >> 12 & 0xF))
    } else if event.kind == .exceptionReturn {
      _ = links[linkKey(event.pe, event.a >> 8 & 0xF)]?.popLast()
    }
    return true
  }

  /// Counts a PE with those of its level and place, or no longer.
  private mutating func count(_ pe: UInt32, _ step: Int) {
    guard let level = levels[pe] else { return }
    let number = UInt64(pe)
    func change(_ group: inout Group) {
      group.count += step
      group.sum = step > 0 ? group.sum + number : group.sum - number
    }
    change(&atLevel[Int(level)])
    guard let address = link(of: pe, in: level) else {
      neverInterrupted[Int(level)] += step
      return
    }
    let place = Place(level: level, address: address)
    var group = interrupted[place] ?? Group()
    change(&group)
    interrupted[place] = group.count > 0 ? group : nil
  }

  private func linkKey(_ pe: UInt32, _ level: UInt64) -> UInt64 { UInt64(pe) << 4 | level }

  private mutating func push(_ link: UInt64, _ key: UInt64) {
    var nested = links[key] ?? []
    if nested.count == Self.linkLimit { nested.remove(at: 0) }
    nested.append(link)
    links[key] = nested
  }
}
