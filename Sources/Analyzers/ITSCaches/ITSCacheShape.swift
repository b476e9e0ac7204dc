/// The tables that an ITS and its Redistributors cache.
public enum ITSCacheTable: UInt8, Sendable, CaseIterable {
  /// DeviceID to interrupt translation table. A miss is the PMU's `ITS_DID_MISS`.
  case device
  /// DeviceID and EventID to INTID and collection. A miss is the PMU's `ITS_VID_MISS`.
  case event
  /// Collection to Redistributor. A miss is the PMU's `ITS_COL_MISS`.
  case collection
  /// vPEID to Redistributor and pending table (GICv4).
  case vPE
  /// The configuration bytes of LPIs, cached by the Redistributors.
  case lpi

  private var words: (name: String, title: String) {
    switch self {
    case .device: ("device", "device")
    case .event: ("event", "event (ITT)")
    case .collection: ("collection", "collection")
    case .vPE: ("vpe", "vPE")
    case .lpi: ("lpi", "LPI configuration")
    }
  }

  /// The name that scripts and `--its-cache` use.
  public var name: String { words.name }
  /// For people.
  public var title: String { words.title }
}

/// Sizes of an ITS's caches: set-associative, least recently used first out, as in GIC-500 and GIC-600.
///
/// Sets are chosen by the low bits of DeviceID, DeviceID exclusive-or EventID, ICID, vPEID or INTID; the manuals say
/// so of the LPI cache only, for the others it is assumed. An entry that a command changes becomes invalid.
public struct ITSCacheShape: Sendable, Equatable {
  /// What it is, for reports.
  public var name: String
  /// Entries of each cache, in the order of ``ITSCacheTable``; nil for a cache that is not simulated.
  public private(set) var entries: [Int?] = Array(repeating: nil, count: ITSCacheTable.allCases.count)
  /// Ways.
  public private(set) var ways = 2

  /// Entries of a table's cache.
  public func entries(of table: ITSCacheTable) -> Int? { entries[Int(table.rawValue)] }

  /// Most entries of a cache.
  public static var limit: Int { 1 << 20 }

  /// Reads `device=32,event=256,collection=16,lpi=64,vpe=16,ways=2`, any part of it; the error says what is wrong.
  public init(_ text: String, name: String? = nil) throws(ITSCacheShapeError) {
    self.name = name ?? text
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, let number = Int(sides[1]), number > 0, number <= Self.limit else {
        throw ITSCacheShapeError(text: text, reason: "'\(part)' is not NAME=NUMBER, up to \(Self.limit)")
      }
      if sides[0] == "ways" {
        ways = number
      } else if let table = ITSCacheTable.allCases.first(where: { $0.name == sides[0] }) {
        entries[Int(table.rawValue)] = number
      } else {
        let names = ITSCacheTable.allCases.map(\.name).joined(separator: ", ")
        throw ITSCacheShapeError(text: text, reason: "'\(sides[0])' is none of \(names), ways")
      }
    }
    guard entries.contains(where: { $0 != nil }) else {
      throw ITSCacheShapeError(text: text, reason: "it names no cache")
    }
    for case let entries? in entries where entries % ways != 0 || (entries / ways).nonzeroBitCount != 1 {
      throw ITSCacheShapeError(text: text, reason: "\(entries) entries are not a power of two of sets of \(ways) ways")
    }
  }

  private init(_ name: String, device: Int, event: Int, collection: Int) {
    self.name = name
    entries[Int(ITSCacheTable.device.rawValue)] = device
    entries[Int(ITSCacheTable.event.rawValue)] = event
    entries[Int(ITSCacheTable.collection.rawValue)] = collection
  }

  /// What is simulated unless something else is asked for: the least and the greatest that a GIC-600 can be built with
  /// (TRM 101206), and what `GITS_CFGID` of a device on the market says (Agilex 5).
  public static let standard: [ITSCacheShape] = [
    ITSCacheShape("GIC-600, least", device: 4, event: 4, collection: 4),
    ITSCacheShape("GIC-600 in Agilex 5", device: 32, event: 256, collection: 16),
    ITSCacheShape("GIC-600, greatest", device: 256, event: 4096, collection: 1024),
  ]
}

/// What is wrong with a description of caches.
public struct ITSCacheShapeError: Error, Equatable, CustomStringConvertible, Sendable {
  /// As the user wrote it.
  public let text: String
  /// What is wrong, in words that complete a sentence.
  public let reason: String
  /// One sentence for the user.
  public var description: String { "'\(text)' describes no caches: \(reason)" }
}
