import InterruptTrace

extension GICv3 where Store: ~Copyable {
  /// Writes the controller, or reads it into one that was made from the same topology and options. O(its state).
  mutating func archive(_ archive: inout StateArchive) {
    topology.archive(&archive)
    let count = archive.number(peCount)
    if count > peCount { grow(toHold: UInt32(min(count, Self.peLimit) - 1)) }
    archive.values(pes, count: peCount)
    banks.archive(&archive)
    distributor.archive(&archive)
    lpis.archive(&archive)
    translation.archive(&archive)
    virtualTables.archive(&archive)
    configurationMemory.archive(&archive)
    confirmedLPIs.archive(&archive)
    archivePredictions(&archive)
    archive.value(&lpiINTIDBits)
    archive.value(&priorityBits)
    archive.value(&held)
    archive.value(&heldIndex)
    archive.value(&sgiValue)
    archive.value(&sgiSource)
    archive.value(&startsAtReset)
    archive.value(&shown)
    archive.value(&sawLegacyOperation)
    archive.value(&virtualCause)
    archive.value(&interim)
    archive.value(&contestedLPI)
  }
}

extension Predicting where Self: ~Copyable {
  /// Writes or reads what was compared so far.
  mutating func archivePredictions(_ archive: inout StateArchive) {
    archive.value(&progress)
    ledger.archive(&archive)
    archive.each(&disagreements, make: Disagreement.init) { $0.archive(&$1) }
    archive.array(&failures)
    archive.dictionary(&identification)
  }
}

extension Disagreement {
  /// One to read.
  fileprivate init() { self.init(event: 0, time: 0, pe: 0, name: "", expected: 0, seen: 0, explanation: "") }

  fileprivate mutating func archive(_ archive: inout StateArchive) {
    archive.value(&event)
    archive.value(&time)
    archive.value(&pe)
    archive.text(&name)
    archive.value(&expected)
    archive.value(&seen)
    archive.text(&explanation)
  }
}
