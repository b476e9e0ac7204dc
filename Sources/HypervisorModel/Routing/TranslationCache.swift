/// How KVM keeps translations of (DeviceID, EventID) to LPIs, so that an irqfd need not leave its atomic context.
public enum TranslationCacheEra: Equatable, Sendable {
  /// Before Linux 5.4: none; every MSI of an irqfd waits for a worker.
  case none
  /// Linux 5.4 to 6.9: one list for the VM, least recently used out, 16 entries for each vCPU.
  case leastRecentlyUsed(vcpus: Int)
  /// From Linux 6.10: an index for each ITS, without a limit.
  case unbounded
}

/// KVM's translation cache of one ITS, or of the VM, in each era.
///
/// An entry leaves it only with all others, when a command or a register makes translations stale, or by capacity.
public struct TranslationCache: Sendable {
  /// The era.
  public let era: TranslationCacheEra
  /// Lookups that found an entry.
  public private(set) var hits: UInt64 = 0
  /// Lookups that did not: a worker translates and inserts.
  public private(set) var misses: UInt64 = 0
  /// Times that everything was dropped, with something in it.
  public private(set) var flushes: UInt64 = 0
  /// Entries pushed out by others.
  public private(set) var evictions: UInt64 = 0
  private var entries: [UInt64: UInt32] = [:]
  /// Keys, the most recently used last; only where recency matters.
  private var recency: [UInt64] = []

  /// An empty cache.
  public init(_ era: TranslationCacheEra) { self.era = era }

  /// Entries held.
  public var count: Int { entries.count }

  /// KVM's key: both IDs have 16 bits.
  public static func key(deviceID: UInt32, eventID: UInt32) -> UInt64 {
    UInt64(deviceID & 0xFFFF) << 16 | UInt64(eventID & 0xFFFF)
  }

  private var capacity: Int {
    switch era {
    case .none: 0
    case .leastRecentlyUsed(let vcpus): 16 * max(vcpus, 1)
    case .unbounded: .max
    }
  }

  /// The LPI of an entry; nil is a miss. O(1), O(entries) where the least recently used goes first.
  public mutating func lookUp(_ key: UInt64) -> UInt32? {
    guard let intid = entries[key] else {
      misses += 1
      return nil
    }
    hits += 1
    touch(key)
    return intid
  }

  /// Keeps a translation. Directly injected interrupts (GICv4) are never kept.
  public mutating func insert(_ key: UInt64, intid: UInt32, isDirect: Bool = false) {
    guard capacity > 0, !isDirect else { return }
    if entries[key] == nil, entries.count >= capacity, let oldest = recency.first {
      recency.removeFirst()
      entries[oldest] = nil
      evictions += 1
    }
    entries[key] = intid
    touch(key)
  }

  private mutating func touch(_ key: UInt64) {
    guard case .leastRecentlyUsed = era else { return }
    if let at = recency.firstIndex(of: key) { recency.remove(at: at) }
    recency.append(key)
  }

  /// What makes KVM drop all translations.
  public enum Invalidation: Sendable, CaseIterable {
    /// DISCARD, of anything.
    case discard
    /// MOVI: the new Redistributor may have its LPIs disabled.
    case movi
    /// MOVALL.
    case movall
    /// MAPC with V=0.
    case unmapCollection
    /// MAPD of a device that was mapped, whose translations are freed.
    case freeDevice
    /// `GITS_CTLR.Enabled` cleared.
    case disableITS
    /// `GICR_CTLR.EnableLPIs` cleared.
    case disableLPIs
    /// MAPC with V=1, of a mapped collection too: nothing is dropped.
    case mapCollection
    /// INV, INVALL: configuration is read again, translations stay.
    case readConfiguration

    /// Whether translations are dropped.
    public var drops: Bool { self != .mapCollection && self != .readConfiguration }
  }

  /// Something happened that may make translations stale.
  public mutating func invalidate(_ cause: Invalidation) {
    guard cause.drops, !entries.isEmpty else { return }
    entries.removeAll()
    recency.removeAll()
    flushes += 1
  }
}
