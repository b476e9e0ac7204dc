/// Sorts by a small number and keeps the order of equals, in memory that it keeps for the next time.
struct StableSort: ~Copyable {
  private var scratch: UnsafeMutablePointer<QueuedInterrupt>?
  private var capacity = 0

  init() {}

  deinit { scratch?.deallocate() }

  /// O(n) if nearly sorted, else O(n log n): runs of 16 by insertion, then merged.
  mutating func sort(_ list: UnsafeMutableBufferPointer<QueuedInterrupt>, _ rank: (QueuedInterrupt) -> UInt16) {
    let run = 16
    var start = 0
    while start < list.count {
      insertion(UnsafeMutableBufferPointer(rebasing: list[start..<min(start + run, list.count)]), rank)
      start += run
    }
    guard list.count > run, let base = list.baseAddress else { return }
    if capacity < list.count {
      scratch?.deallocate()
      capacity = max(list.count, 2 * capacity)
      scratch = .allocate(capacity: capacity)
    }
    var width = run
    while width < list.count {
      merge(base, scratch!, list.count, width, rank)
      width *= 2
    }
  }

  private func insertion(_ run: UnsafeMutableBufferPointer<QueuedInterrupt>, _ rank: (QueuedInterrupt) -> UInt16) {
    var next = 1
    while next < run.count {
      let item = run[next]
      let key = rank(item)
      var place = next
      while place > 0, rank(run[place - 1]) > key {
        run[place] = run[place - 1]
        place -= 1
      }
      run[place] = item
      next += 1
    }
  }

  /// Merges neighbouring runs of `width`, each with a copy of its left half.
  private func merge(
    _ base: UnsafeMutablePointer<QueuedInterrupt>, _ scratch: UnsafeMutablePointer<QueuedInterrupt>, _ count: Int,
    _ width: Int, _ rank: (QueuedInterrupt) -> UInt16
  ) {
    var start = 0
    while start + width < count {
      let middle = start + width
      let end = min(middle + width, count)
      if rank(base[middle - 1]) > rank(base[middle]) {
        scratch.update(from: base + start, count: width)
        var left = 0
        var right = middle
        var out = start
        while left < width {
          if right < end, rank(base[right]) < rank(scratch[left]) {
            base[out] = base[right]
            right += 1
          } else {
            base[out] = scratch[left]
            left += 1
          }
          out += 1
        }
      }
      start = end
    }
  }
}
