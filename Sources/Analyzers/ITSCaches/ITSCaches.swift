/// What the caches of one ITS, or ones of other sizes in its place, did.
public struct ITSCaches: Sendable {
  /// Look-ups of one table.
  public struct Table: Sendable {
    /// Which.
    public var table: ITSCacheTable
    /// Look-ups by MSIs.
    public var byMSI: UInt64 = 0
    /// Look-ups by commands.
    public var byCommand: UInt64 = 0
    /// Misses of a fully associative cache, for every size.
    public var curve = MissCurve()
  }

  /// What caches of one shape would have done.
  public struct Shape: Sendable {
    /// The shape.
    public var shape: ITSCacheShape
    /// Look-ups and misses of each cache that is simulated.
    public var caches: [(table: ITSCacheTable, references: UInt64, misses: UInt64)]
  }

  /// One device's part.
  public struct Device: Sendable {
    /// DeviceID.
    public var device: UInt32
    /// Its MSIs.
    public var msis: UInt64 = 0
    /// Look-ups of the event table for it.
    public var references: UInt64 = 0
    /// Those that no cache answers.
    public var compulsory: UInt64 = 0
    /// Misses of the ITS's event cache that are its, for caches of 1, 2, 4, … entries.
    public var misses: [UInt64] = []
  }

  /// The capture's own table reads against the walks.
  public struct Agreement: Sendable {
    /// The table.
    public var table: ITSCacheTable
    /// Reads that the capture shows.
    public var shown: UInt64 = 0
    /// Reads that the walks have.
    public var walked: UInt64 = 0
    /// Walks that read the table as often as the capture shows.
    public var agreed: UInt64 = 0
    /// Walks that do not.
    public var differed: UInt64 = 0
  }

  /// 0 is the physical controller, n is guest n.
  public var domain: UInt16
  /// The ITS's index.
  public var its: Int
  /// Walks for MSIs (the PMU's `ITS_LPI`).
  public var msis: UInt64 = 0
  /// Walks for commands.
  public var commands: UInt64 = 0
  /// MSIs whose LPI was pending already (the PMU's `LPI_MATCH`).
  public var lpiMatch: UInt64 = 0
  /// Walks that ended at an invalid entry.
  public var invalid: UInt64 = 0
  /// Reads of guest memory without any cache, those of a two-level device table's first level included.
  public var uncachedReads: UInt64 = 0
  /// Whether the device table has two levels, so that a miss takes two reads.
  public var deviceTableHasTwoLevels = false
  /// Each table that was looked up.
  public var tables: [Table] = []
  /// What each shape would have done.
  public var shapes: [Shape] = []
  /// Devices, the one with most MSIs first; at most ``ITSCacheAnalyzer/deviceLimit``.
  public var devices: [Device] = []
  /// What made entries invalid.
  public var invalidations: [ITSInvalidation] = []
  /// KVM's cache of translations, were the ITS emulated by KVM: MSIs only, flushed whole.
  public var software = MissCurve()
  /// What flushed it.
  public var softwareFlushes: [ITSInvalidation] = []
  /// Tables whose reads the capture shows.
  public var agreement: [Agreement] = []

  /// Misses of a shape's cache; nil if it is not simulated.
  public func misses(_ shape: Shape, _ table: ITSCacheTable) -> UInt64? {
    shape.caches.first { $0.table == table }?.misses
  }

  /// Reads of guest memory for each walk that a shape leaves; tables without a simulated cache are always read.
  public func readsPerWalk(_ shape: Shape) -> Double {
    guard msis + commands > 0 else { return 0 }
    var reads: UInt64 = 0
    for table in tables {
      let misses = misses(shape, table.table) ?? table.curve.references
      reads += table.table == .device && deviceTableHasTwoLevels ? misses * 2 : misses
    }
    return Double(reads) / Double(msis + commands)
  }

  /// Entries of KVM's cache of translations up to Linux 6.9: 16 for each vCPU.
  public func softwareEntries(pes: Int) -> UInt64 { 16 * UInt64(max(pes, 1)) }

  /// Reads for each walk without caches.
  public var uncachedReadsPerWalk: Double {
    msis + commands == 0 ? 0 : Double(uncachedReads) / Double(msis + commands)
  }
}
