// Where an LPI may be pending: what a record remembers, and the ways that are taken seldom. PEs stand for their queues
// here, by the numbers that ``QueueAssignment`` gives them, but for what is public.

extension PackedLPIStore {
  /// The PEs an LPI may be pending on, ascending.
  private func places(_ intid: UInt32, _ record: LPIRecord) -> [UInt32] {
    if record.isPlacedOnSeveral { return (several[intid] ?? []).map { UInt32($0) } }
    return record.isPlaced ? [record.placePE] : []
  }

  /// The PEs an LPI is pending on, ascending.
  public func pendingPEs(_ intid: UInt32) -> [UInt32] {
    let found = pendingQueues(intid)
    return queues.areOwn ? found : found.map(queues.pe(of:)).sorted()
  }

  /// The queues that an LPI is in, ascending.
  private func pendingQueues(_ intid: UInt32) -> [UInt32] {
    guard let slot = records.slot(intid) else { return [] }
    let record = LPIRecord(bits: slot.pointee)
    let key = PendingKey.key(intid, record)
    return places(intid, record).filter { pending.queue($0)?.pointee.contains(key) ?? false }
  }

  /// Remembers that an LPI, which has a record, is about to be pending on one more PE.
  private mutating func place(_ intid: UInt32, _ slot: UnsafeMutablePointer<UInt64>, on pe: UInt32) {
    let record = LPIRecord(bits: slot.pointee)
    var pes = pendingQueues(intid)
    if !pes.contains(pe) { pes.append(pe) }
    slot.pointee = record.placed(on: pe).bits
    if pes.count > 1 {
      slot.pointee |= LPIRecord.severalBit
      several[intid] = pes.sorted().map { UInt16(truncatingIfNeeded: $0) }
    } else if record.isPlacedOnSeveral {
      several[intid] = nil
    }
  }

  /// Makes an LPI not pending anywhere.
  mutating func unplace(_ intid: UInt32, _ record: LPIRecord) {
    let key = PendingKey.key(intid, record)
    for pe in places(intid, record) { _ = pending.queue(pe)?.pointee.remove(key, &pending.memory) }
    if record.isPlacedOnSeveral { several[intid] = nil }
  }

  /// Removes a record that says nothing, unless it is pending.
  private mutating func dropIfEmpty(_ intid: UInt32, _ slot: UnsafeMutablePointer<UInt64>) {
    let record = LPIRecord(bits: slot.pointee)
    if record.visible.bits != 0 || !pendingQueues(intid).isEmpty { return }
    if record.isPlacedOnSeveral { several[intid] = nil }
    records.remove(intid, at: slot)
  }

  /// Writes a record that exists, and gives a pending LPI its new place in the order if its configuration changed.
  @usableFromInline mutating func store(_ intid: UInt32, _ slot: UnsafeMutablePointer<UInt64>, _ changed: LPIRecord) {
    let old = LPIRecord(bits: slot.pointee)
    slot.pointee = changed.bits
    let oldKey = PendingKey.key(intid, old)
    let newKey = PendingKey.key(intid, changed)
    if old.isPlaced, oldKey != newKey {
      if changed.isPlacedOnSeveral {
        for pe in places(intid, changed) { refile(pe, from: oldKey, to: newKey) }
      } else {
        refile(changed.placePE, from: oldKey, to: newKey)
      }
    }
    if changed.visible.bits == 0 { dropIfEmpty(intid, slot) }
  }

  private mutating func refile(_ pe: UInt32, from oldKey: UInt32, to newKey: UInt32) {
    guard let queue = pending.queue(pe), queue.pointee.remove(oldKey, &pending.memory) else { return }
    _ = queue.pointee.insert(newKey, &pending.memory)
  }

  /// ``setPending(_:pe:)`` in every case: out of range, no record yet, not eligible, last pending on another PE.
  @usableFromInline mutating func setPendingSlowly(_ intid: UInt32, queueOf pe: UInt32) -> Bool {
    guard isLPI(intid), pe < LPILimits.peLimit else { return false }
    let slot = records.makeSlot(intid)
    let record = LPIRecord(bits: slot.pointee)
    let queue = pending.makeQueue(pe)
    if !record.isPlaced {
      slot.pointee = record.placed(on: pe).bits
    } else if record.isPlacedOnSeveral || record.placePE != pe {
      place(intid, slot, on: pe)
    }
    return queue.pointee.insert(PendingKey.key(intid, record), &pending.memory)
  }

  /// ``clearPending(_:pe:)`` of what is not the next to be acknowledged.
  @usableFromInline
  mutating func clearPendingSlowly(_ intid: UInt32, _ queue: UnsafeMutablePointer<PendingQueue>) -> Bool {
    guard let slot = records.slot(intid) else { return false }
    let record = LPIRecord(bits: slot.pointee)
    guard queue.pointee.remove(PendingKey.key(intid, record), &pending.memory) else { return false }
    if record.visible.bits == 0 { dropIfEmpty(intid, slot) }
    return true
  }

  /// Moves everything that is pending on one PE to another. O(number pending on the one of them where that is less): what
  /// is fewer joins the others, and the PEs exchange their queues if those are to be on the other PE.
  public mutating func movePending(from source: UInt32, to destination: UInt32) {
    guard source != destination, source < LPILimits.peLimit, destination < LPILimits.peLimit else { return }
    let (from, to) = (queues.queue(of: source), queues.queue(of: destination))
    guard let moved = pending.queue(from)?.pointee.count, moved > 0 else { return }
    if moved <= pending.queue(to)?.pointee.count ?? 0 { return joinQueue(from, to) }
    joinQueue(to, from)
    queues.exchange(source, destination)
  }

  /// Puts everything in one queue into another. O(number in the first).
  private mutating func joinQueue(_ source: UInt32, _ destination: UInt32) {
    guard let queue = pending.queue(source), queue.pointee.count > 0 else { return }
    var moved = queue.pointee
    queue.pointee = PendingQueue()
    let target = pending.makeQueue(destination)
    moved.forEach { key in
      let intid = PendingKey.intid(key)
      guard let slot = records.slot(intid) else { return true }
      if slot.pointee & LPIRecord.placeFields == LPIRecord.place(source) {
        slot.pointee = LPIRecord(bits: slot.pointee).placed(on: destination).bits
      } else {
        place(intid, slot, on: destination)
      }
      _ = target.pointee.insert(key, &pending.memory)
      return true
    }
    moved.release(&pending.memory)
  }

  /// Makes everything on a PE not pending. O(number pending there).
  public mutating func clearAllPending(pe: UInt32) {
    guard let queue = pending.queue(queues.queue(of: pe)) else { return }
    while queue.pointee.count != 0 { clearPending(PendingKey.intid(queue.pointee.hot), pe: pe) }
  }

  /// Describes the first broken invariant; nil if there is none.
  public func checkInvariants() -> String? {
    if let broken = records.brokenInvariant() ?? pending.brokenInvariant() ?? queues.brokenInvariant() { return broken }
    var broken: String?
    forEachRecord { intid, record in
      if record.bits == 0, pendingQueues(intid).isEmpty { broken = "INTID \(intid): nothing is known of it" }
      return broken == nil
    }
    pending.forEach { pe, queue in
      queue.pointee.forEach { key in
        let intid = PendingKey.intid(key)
        guard let slot = records.slot(intid) else {
          broken = broken ?? "INTID \(intid): pending on PE \(pe) without a record"
          return false
        }
        let record = LPIRecord(bits: slot.pointee)
        if PendingKey.key(intid, record) != key {
          broken = broken ?? "INTID \(intid): pending on PE \(pe) under another configuration"
        } else if !places(intid, record).contains(pe) {
          broken = broken ?? "INTID \(intid): pending on PE \(pe), which its record does not know"
        }
        return true
      }
    }
    for (intid, pes) in several where pes.count < 2 || !hasSeveralPlaces(intid) {
      broken = broken ?? "INTID \(intid): remembers PEs \(pes)"
    }
    return broken
  }

  private func hasSeveralPlaces(_ intid: UInt32) -> Bool {
    guard let slot = records.slot(intid) else { return false }
    return LPIRecord(bits: slot.pointee).isPlacedOnSeveral
  }
}
