import InterruptTrace
import LPIStore

extension LPIStore where Self: ~Copyable {
  /// Writes what it holds, or reads it into an empty one.
  mutating func archive(_ archive: inout StateArchive) {
    var records: [(intid: UInt32, record: LPIRecord)] = []
    forEachRecord { intid, record in
      records.append((intid, record))
      return true
    }
    var pending: [(intid: UInt32, pe: UInt32)] = []
    for (intid, _) in records { for pe in pendingPEs(intid) { pending.append((intid, pe)) } }
    archive.array(&records)
    archive.array(&pending)
    guard archive.isReading else { return }
    for (intid, record) in records { setRecord(intid, record) }
    for (intid, pe) in pending { setPending(intid, pe: pe) }
  }
}
