// INTIDs that are pending on more than one PE, and other things that happen seldom.

extension PackedLPIStore {
  /// The PEs that an LPI is pending on, ascending.
  @usableFromInline
  func pendingPEs(_ intid: UInt32, _ record: LPIRecord) -> [UInt16] {
    if record.isPendingOnSeveral { return several[intid] ?? [] }
    return record.isPending ? [UInt16(record.pendingPE)] : []
  }

  /// Gives a pending LPI its new place in each PE's order; nil takes it out.
  @usableFromInline
  mutating func refile(_ intid: UInt32, _ record: LPIRecord, from oldKey: UInt32, to newKey: UInt32?) {
    func refile(_ pe: UInt32) {
      guard let queue = pending.queue(pe) else { return }
      queue.pointee.remove(oldKey, &pending.memory)
      if let newKey { queue.pointee.insert(newKey, &pending.memory) }
    }
    if record.isPendingOnSeveral {
      for pe in several[intid] ?? [] { refile(UInt32(pe)) }
    } else {
      refile(record.pendingPE)
    }
  }

  /// Writes a record that exists, and gives a pending LPI its new place if its configuration changed.
  @usableFromInline
  mutating func store(_ intid: UInt32, _ slot: UnsafeMutablePointer<UInt64>, _ changed: LPIRecord) {
    let old = LPIRecord(bits: slot.pointee)
    slot.pointee = changed.bits
    if changed.bits == 0 {
      records.remove(intid, at: slot)
    } else if old.isPending {
      let oldKey = PendingKey.key(intid, old)
      let newKey = PendingKey.key(intid, changed)
      if oldKey != newKey { refile(intid, changed, from: oldKey, to: newKey) }
    }
  }

  /// ``setPending(_:pe:)`` for an LPI that is pending already, here or elsewhere.
  @usableFromInline
  mutating func setPendingAgain(_ intid: UInt32, _ slot: UnsafeMutablePointer<UInt64>, pe: UInt32) -> Bool {
    let record = LPIRecord(bits: slot.pointee)
    var pes = record.isPendingOnSeveral ? several[intid] ?? [] : [UInt16(record.pendingPE)]
    let place = UInt16(truncatingIfNeeded: pe)
    let index = pes.firstIndex { $0 >= place } ?? pes.count
    if index < pes.count, pes[index] == place { return false }
    pes.insert(place, at: index)
    slot.pointee = record.pending(on: UInt32(pes[0])).bits | LPIRecord.severalBit
    several[intid] = pes
    pending.makeQueue(pe).pointee.insert(PendingKey.key(intid, record), &pending.memory)
    return true
  }

  /// ``clearPending(_:pe:)`` for an LPI that is pending on several PEs.
  @usableFromInline
  mutating func clearPendingOfSeveral(_ intid: UInt32, _ slot: UnsafeMutablePointer<UInt64>, pe: UInt32) -> Bool {
    let record = LPIRecord(bits: slot.pointee)
    guard var pes = several[intid], let index = pes.firstIndex(where: { UInt32($0) == pe }) else { return false }
    pes.remove(at: index)
    pending.queue(pe)?.pointee.remove(PendingKey.key(intid, record), &pending.memory)
    slot.pointee = record.pending(on: UInt32(pes[0])).bits
    if pes.count == 1 {
      slot.pointee &= ~LPIRecord.severalBit
      several[intid] = nil
    } else {
      several[intid] = pes
    }
    return true
  }

  @usableFromInline
  func isPendingOfSeveral(_ intid: UInt32, pe: UInt32) -> Bool {
    several[intid]?.contains { UInt32($0) == pe } ?? false
  }

  /// Moves everything that is pending on one PE to another. O(number moved).
  public mutating func movePending(from source: UInt32, to destination: UInt32) {
    guard source != destination, destination < LPILimits.peLimit, let queue = pending.queue(source) else { return }
    if queue.pointee.count == 0 { return }
    var moved = queue.pointee
    queue.pointee = PendingQueue()
    moved.forEach { key in
      let intid = PendingKey.intid(key)
      guard let slot = records.slot(intid) else { return true }
      if moveOfSeveral(intid, slot, from: source, to: destination) { return true }
      slot.pointee = LPIRecord(bits: slot.pointee).pending(on: destination).bits
      pending.makeQueue(destination).pointee.insert(key, &pending.memory)
      return true
    }
    moved.release(&pending.memory)
  }

  /// Moves one LPI that is pending on several PEs. Returns false if it is not.
  private mutating func moveOfSeveral(
    _ intid: UInt32,
    _ slot: UnsafeMutablePointer<UInt64>,
    from source: UInt32,
    to destination: UInt32
  ) -> Bool {
    let record = LPIRecord(bits: slot.pointee)
    guard record.isPendingOnSeveral, var pes = several[intid] else { return false }
    pes.removeAll { UInt32($0) == source }
    if !pes.contains(where: { UInt32($0) == destination }) {
      pes.append(UInt16(truncatingIfNeeded: destination))
      pes.sort()
      pending.makeQueue(destination).pointee.insert(PendingKey.key(intid, record), &pending.memory)
    }
    slot.pointee = record.pending(on: UInt32(pes[0])).bits
    if pes.count == 1 {
      slot.pointee &= ~LPIRecord.severalBit
      several[intid] = nil
    } else {
      several[intid] = pes
    }
    return true
  }

  /// Makes everything on a PE not pending. O(number pending there).
  public mutating func clearAllPending(pe: UInt32) {
    guard let queue = pending.queue(pe) else { return }
    while queue.pointee.count != 0 { clearPending(PendingKey.intid(queue.pointee.hot), pe: pe) }
  }

  /// Describes the first broken invariant; nil if there is none.
  public func checkInvariants() -> String? {
    if let broken = records.brokenInvariant() ?? pending.brokenInvariant() { return broken }
    var expected = 0
    var broken: String?
    forEachRecord { intid, record in
      if record.bits == 0 { broken = "INTID \(intid): the record is zero" }
      if !record.isPending, record.bits & LPIRecord.pendingFields != 0 {
        broken = "INTID \(intid): stray pending fields"
      }
      if record.isPendingOnSeveral != (several[intid] != nil) { broken = "INTID \(intid): pending on several or not?" }
      for pe in pendingPEs(intid, record) {
        expected += 1
        if pending.queue(UInt32(pe))?.pointee.contains(PendingKey.key(intid, record)) != true {
          broken = "INTID \(intid): not found among the pending of PE \(pe)"
        }
      }
      return broken == nil
    }
    if let broken { return broken }
    for (intid, pes) in several where pes.count < 2 || pes[0] != record(intid).pendingPE {
      return "INTID \(intid): pending on several PEs: \(pes)"
    }
    var found = 0
    pending.forEach { _, queue in found += Int(queue.pointee.count) }
    return found == expected ? nil : "\(found) pending keys, \(expected) pending records"
  }
}
