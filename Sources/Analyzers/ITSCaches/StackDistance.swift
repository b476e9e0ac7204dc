/// LRU stack distances of a stream of references, exact for every cache size at once, with entries that become invalid.
///
/// The distance of a reference is the least number of entries with which a fully associative LRU cache hits. An entry
/// that becomes invalid leaves a hole, which the next miss fills before anything is evicted; where a reference comes from
/// below the topmost hole, the hole moves down to where the entry was (Thompson and Smith, 1989).
///
/// Entries stand in slots, in the order of their last reference; a bitmap with a Fenwick tree over its words counts those
/// behind an entry. When the slots run out they are renumbered: memory follows the number of different entries. A
/// reference costs O(log entries).
struct StackDistance: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var key: UInt64
    var slot: Int32
    /// The next entry of its group's list.
    var next: Int32
    var isListed = false
    /// What made it invalid; 0 if it was not, or was fetched again since.
    var cause: UInt8
  }

  private var numbers: LiveTable<Int32>
  /// References of entries that are not followed, for there are too many: each counts as the first.
  var unfollowed: UInt64 { numbers.unkept }
  private var entries: UnsafeMutablePointer<Entry>
  private var entryCapacity = 64
  private var groups = LiveTable<Int32>(-1)
  /// The entry in each slot, ``hole``, or ``free``.
  private var slots: UnsafeMutablePointer<Int32>
  private var words: UnsafeMutablePointer<UInt64>
  private var tree: UnsafeMutablePointer<Int32>
  private var capacity: Int
  private var nextSlot = 0
  /// Slots in use, holes included.
  private var occupied = 0
  /// Slots that are holes: a heap with the topmost first.
  private var holes: [Int32] = []

  /// Valid entries.
  private(set) var live = 0
  /// Different entries that were ever referenced.
  private(set) var different = 0

  private static var free: Int32 { -1 }
  private static var hole: Int32 { -2 }

  /// `limit` is how many different entries are followed.
  init(limit: Int = AnalysisLimits().translations) {
    numbers = LiveTable(-1, limit: limit)
    capacity = 128
    entries = .allocate(capacity: entryCapacity)
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: Self.free, count: capacity)
    words = .allocate(capacity: capacity / 64)
    words.initialize(repeating: 0, count: capacity / 64)
    tree = .allocate(capacity: capacity / 64 + 1)
    tree.initialize(repeating: 0, count: capacity / 64 + 1)
  }

  deinit {
    entries.deallocate()
    slots.deallocate()
    words.deallocate()
    tree.deallocate()
  }

  /// What a reference found.
  struct Outcome {
    /// Entries that a cache needs to hit; 0 if none would.
    var distance: Int
    /// What made the entry invalid that is fetched again; 0 if nothing did.
    var cause: UInt8
  }

  /// References an entry, which becomes the most recently used one. Entries of a group can be dropped together.
  mutating func reference(_ key: UInt64, group: UInt32? = nil) -> Outcome {
    guard let place = numbers.insertIfRoom(key) else { return Outcome(distance: 0, cause: 0) }
    if place.pointee < 0 {
      place.pointee = Int32(truncatingIfNeeded: different)
      add(key)
    }
    let number = Int(place.pointee)
    if let group, !entries[number].isListed {
      let head = groups.insert(UInt64(group))
      entries[number].next = head.pointee
      entries[number].isListed = true
      head.pointee = Int32(truncatingIfNeeded: number)
    }
    let slot = Int(entries[number].slot)
    if slot >= 0, slot == nextSlot - 1 { return Outcome(distance: 1, cause: 0) }
    var outcome = Outcome(distance: 0, cause: entries[number].cause)
    if slot >= 0 {
      outcome.distance = occupied - count(below: slot)
      if let top = holes.first, Int(top) > slot {
        clear(Int(top))
        slots[slot] = Self.hole
        replaceTopHole(with: Int32(slot))
      } else {
        clear(slot)
      }
    } else {
      if let top = holes.first {
        clear(Int(top))
        removeTopHole()
      }
      live += 1
    }
    entries[number].cause = 0
    if nextSlot == capacity { renumber() }
    put(Int32(number))
    return outcome
  }

  private mutating func add(_ key: UInt64) {
    if different == entryCapacity {
      let bigger = UnsafeMutablePointer<Entry>.allocate(capacity: entryCapacity * 2)
      bigger.update(from: entries, count: entryCapacity)
      entries.deallocate()
      entries = bigger
      entryCapacity *= 2
    }
    (entries + different).initialize(to: Entry(key: key, slot: -1, next: -1, cause: 0))
    different += 1
  }

  /// Makes an entry invalid. Whether it was valid.
  @discardableResult mutating func drop(_ key: UInt64, cause: UInt8) -> Bool {
    guard let number = numbers.find(key)?.pointee else { return false }
    return drop(Int(number), cause)
  }

  private mutating func drop(_ number: Int, _ cause: UInt8) -> Bool {
    let slot = entries[number].slot
    guard slot >= 0 else { return false }
    slots[Int(slot)] = Self.hole
    entries[number].slot = -1
    entries[number].cause = cause
    live -= 1
    addHole(slot)
    return true
  }

  /// Makes every entry of a group invalid, and calls `body` with each that was valid. Entries leave the group's list
  /// and come back when they are referenced, so that each is visited once for each time it came.
  mutating func drop(group: UInt32, cause: UInt8, _ body: (UInt64) -> Void) {
    guard let head = groups.find(UInt64(group)) else { return }
    var number = head.pointee
    head.pointee = -1
    while number >= 0 {
      if drop(Int(number), cause) { body(entries[Int(number)].key) }
      entries[Int(number)].isListed = false
      number = entries[Int(number)].next
    }
  }

  /// Makes every entry invalid. How many were valid. O(slots).
  mutating func dropAll(cause: UInt8) -> Int {
    guard nextSlot > 0 else { return 0 }
    let dropped = live
    for slot in 0..<nextSlot where slots[slot] >= 0 {
      entries[Int(slots[slot])].slot = -1
      entries[Int(slots[slot])].cause = cause
    }
    slots.update(repeating: Self.free, count: nextSlot)
    words.update(repeating: 0, count: capacity / 64)
    tree.update(repeating: 0, count: capacity / 64 + 1)
    holes.removeAll(keepingCapacity: true)
    (nextSlot, occupied, live) = (0, 0, 0)
    return dropped
  }

  // MARK: Slots

  @inline(__always) private mutating func put(_ number: Int32) {
    slots[nextSlot] = number
    entries[Int(number)].slot = Int32(truncatingIfNeeded: nextSlot)
    words[nextSlot &>> 6] |= 1 << UInt64(nextSlot & 63)
    add(1, at: nextSlot &>> 6)
    nextSlot += 1
    occupied += 1
  }

  @inline(__always) private mutating func clear(_ slot: Int) {
    slots[slot] = Self.free
    words[slot &>> 6] &= ~(1 << UInt64(slot & 63))
    add(-1, at: slot &>> 6)
    occupied -= 1
  }

  @inline(__always) private func add(_ change: Int32, at word: Int) {
    var at = word + 1
    while at <= capacity / 64 {
      tree[at] += change
      at += at & -at
    }
  }

  /// Slots in use below one.
  @inline(__always) private func count(below slot: Int) -> Int {
    var sum = (words[slot &>> 6] & ((1 << UInt64(slot & 63)) - 1)).nonzeroBitCount
    var at = slot &>> 6
    while at > 0 {
      sum += Int(tree[at])
      at &= at - 1
    }
    return sum
  }

  /// Gives the slots in use the lowest numbers, in the same order; doubles the slots if more than half are in use.
  private mutating func renumber() {
    let (old, oldCount) = (slots, nextSlot)
    let size = occupied * 2 > capacity ? capacity * 2 : capacity
    slots = .allocate(capacity: size)
    slots.initialize(repeating: Self.free, count: size)
    if size != capacity {
      words.deallocate()
      tree.deallocate()
      words = .allocate(capacity: size / 64)
      tree = .allocate(capacity: size / 64 + 1)
    }
    capacity = size
    words.initialize(repeating: 0, count: size / 64)
    tree.initialize(repeating: 0, count: size / 64 + 1)
    holes.removeAll(keepingCapacity: true)
    nextSlot = 0
    for slot in 0..<oldCount where old[slot] != Self.free {
      slots[nextSlot] = old[slot]
      if old[slot] >= 0 {
        entries[Int(old[slot])].slot = Int32(truncatingIfNeeded: nextSlot)
      } else {
        holes.append(Int32(truncatingIfNeeded: nextSlot))
      }
      words[nextSlot &>> 6] |= 1 << UInt64(nextSlot & 63)
      nextSlot += 1
    }
    // Descending numbers are a heap.
    holes.reverse()
    for word in 0..<(size / 64) { add(Int32(words[word].nonzeroBitCount), at: word) }
    old.deallocate()
  }

  // MARK: Holes

  private mutating func addHole(_ slot: Int32) {
    holes.append(slot)
    var at = holes.count - 1
    while at > 0, holes[(at - 1) / 2] < holes[at] {
      holes.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func removeTopHole() {
    let last = holes.removeLast()
    if !holes.isEmpty { replaceTopHole(with: last) }
  }

  private mutating func replaceTopHole(with slot: Int32) {
    holes[0] = slot
    var at = 0
    while true {
      var largest = at
      for child in (2 * at + 1)...(2 * at + 2) where child < holes.count && holes[child] > holes[largest] {
        largest = child
      }
      if largest == at { return }
      holes.swapAt(at, largest)
      at = largest
    }
  }
}
