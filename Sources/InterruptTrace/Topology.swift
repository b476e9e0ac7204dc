/// What the controller is: one fact per entry, each with where it comes from.
///
/// A topology travels in the native file as ``EventKind/topology`` records, one per fact.
public struct Topology: Equatable, Sendable {
  /// Where a fact comes from, weakest first.
  public enum Source: UInt8, BitwiseCopyable, Comparable, Sendable {
    /// The architecture's or the emulator's default.
    case assumed = 0
    /// Follows from what the capture shows, by a rule.
    case inferred = 1
    /// A device tree blob or source.
    case deviceTree = 2
    /// The capture's own header.
    case header = 3
    /// An identification register read in the capture.
    case register = 4
    /// The user said so (`--topology`).
    case user = 5

    /// Orders sources by how much they are worth.
    public static func < (left: Source, right: Source) -> Bool { left.rawValue < right.rawValue }
  }

  /// The number of a fact in native files. Numbers are stable.
  package struct Key: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
    package var rawValue: UInt16
    /// Any number, known or not.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Native format version, `major << 16 | minor`.
    package static let formatVersion = Key(rawValue: 1)
    package static let epoch = Key(rawValue: 2)
    package static let architecture = Key(rawValue: 3)
    package static let peCount = Key(rawValue: 4)
    package static let affinity = Key(rawValue: 5)
    package static let itLinesNumber = Key(rawValue: 6)
    package static let priorityBits = Key(rawValue: 7)
    package static let preemptionBits = Key(rawValue: 8)
    package static let listRegisters = Key(rawValue: 9)
    package static let intidBits = Key(rawValue: 10)
    package static let securityStates = Key(rawValue: 11)
    package static let profile = Key(rawValue: 12)
    package static let hasEL2 = Key(rawValue: 13)
    package static let hasEL3 = Key(rawValue: 14)
    package static let resetToGroup1 = Key(rawValue: 15)
    package static let sourceFormat = Key(rawValue: 16)
    package static let startsAtReset = Key(rawValue: 17)
    package static let affinityRouting = Key(rawValue: 18)
    package static let controllers = Key(rawValue: 19)
    package static let lacksThreads = Key(rawValue: 20)
    package static let kernelRelease = Key(rawValue: 21)
    package static let timeShift = Key(rawValue: 22)
    package static let gicdBase = Key(rawValue: 32)
    package static let giccBase = Key(rawValue: 33)
    package static let gichBase = Key(rawValue: 34)
    package static let gicvBase = Key(rawValue: 35)
    package static let gicrBase = Key(rawValue: 36)
    package static let gicrStride = Key(rawValue: 37)
    package static let gitsBase = Key(rawValue: 38)
    package static let gicmBase = Key(rawValue: 39)
    package static let gicdTyper = Key(rawValue: 64)
    package static let gicrTyper = Key(rawValue: 65)
    package static let gitsTyper = Key(rawValue: 66)
    package static let vtr = Key(rawValue: 67)
    package static let gicmFirstSPI = Key(rawValue: 68)
    package static let gicmSPICount = Key(rawValue: 69)
  }

  /// The architecture versions that the model knows.
  public enum Architecture: UInt64, TopologyValue {
    /// GICv2 (IHI 0048B).
    case v2 = 0x20
    /// GICv3.0 (IHI 0069).
    case v3 = 0x30
    /// GICv3.1: extended SPI and PPI ranges.
    case v3_1 = 0x31
    /// GICv3.3: non-maskable interrupts.
    case v3_3 = 0x33
    /// GICv4.0: direct injection of virtual LPIs.
    case v4 = 0x40
    /// GICv4.1: direct injection of virtual SGIs.
    case v4_1 = 0x41
  }

  /// Whose behaviour the model follows where implementations differ.
  public enum Profile: UInt64, TopologyValue {
    /// The architecture as written.
    case arch = 0
    /// QEMU 7.2.
    case qemu7 = 1
    /// QEMU 10.0 and later.
    case qemu10 = 2
    /// KVM's VGIC.
    case kvm = 3
  }

  /// Capture formats, as recorded in a converted file.
  public enum CaptureFormat: UInt64, TopologyValue {
    /// Written by us from nothing else (`generate`).
    case native = 0
    /// A QEMU log with `gic*` trace events.
    case qemuLog = 1
    /// ftrace text, `trace.dat` or `perf script` output.
    case ftrace = 2
    /// pcap or pcapng.
    case pcap = 3
  }

  /// One fact as native files have it.
  package struct Entry: BitwiseCopyable, Equatable, Sendable {
    /// Which fact.
    package var key: Key
    /// Which of several: a PE, an ITS, a region.
    package var index: UInt32
    /// 0 is the physical controller, n is guest n.
    package var domain: UInt16
    /// Where it comes from.
    package var source: Source
    /// The fact.
    package var value: UInt64

    /// An entry with every field given.
    package init(key: Key, index: UInt32 = 0, domain: UInt16 = 0, source: Source, value: UInt64) {
      self.key = key
      self.index = index
      self.domain = domain
      self.source = source
      self.value = value
    }
  }

  /// The facts, in the order in which they were first set.
  package private(set) var entries: [Entry] = []
  /// Where each fact stands in `entries`: a large machine has an affinity per PE.
  private var positions: [Slot: Int] = [:]

  private struct Slot: Hashable, Sendable {
    var key: Key
    var index: UInt32
    var domain: UInt16
  }

  /// A topology that says nothing.
  public init() {}

  /// The value of a fact, or nil. `index` is which of several (a PE, an ITS, a region), `domain` 0 the physical controller and
  /// n guest n. O(1).
  public subscript<Value>(fact: Fact<Value>, index index: UInt32 = 0, domain domain: UInt16 = 0) -> Value? {
    entry(fact.key, index: index, domain: domain).flatMap { Value(topologyBits: $0.value) }
  }

  /// Where a fact comes from, or nil if there is none. O(1).
  public func source<Value>(of fact: Fact<Value>, index: UInt32 = 0, domain: UInt16 = 0) -> Source? {
    entry(fact.key, index: index, domain: domain)?.source
  }

  /// Sets a fact, unless a better source has set it already. Returns whether it was taken.
  @discardableResult
  public mutating func set<Value>(
    _ fact: Fact<Value>, index: UInt32 = 0, domain: UInt16 = 0, to value: Value, source: Source
  ) -> Bool {
    set(Entry(key: fact.key, index: index, domain: domain, source: source, value: value.topologyBits))
  }

  /// The fact with its source, or nil. O(1).
  package func entry(_ key: Key, index: UInt32 = 0, domain: UInt16 = 0) -> Entry? {
    positions[Slot(key: key, index: index, domain: domain)].map { entries[$0] }
  }

  /// Sets a fact, unless a better source has set it already. Returns whether it was taken.
  @discardableResult package mutating func set(_ entry: Entry) -> Bool {
    let slot = Slot(key: entry.key, index: entry.index, domain: entry.domain)
    guard let at = positions[slot] else {
      positions[slot] = entries.count
      entries.append(entry)
      return true
    }
    guard entry.source >= entries[at].source else { return false }
    entries[at] = entry
    return true
  }

  /// Writes or reads it.
  public mutating func archive(_ archive: inout StateArchive) {
    archive.array(&entries)
    guard archive.isReading else { return }
    positions.removeAll()
    for (place, entry) in entries.enumerated() {
      positions[Slot(key: entry.key, index: entry.index, domain: entry.domain)] = place
    }
  }

  /// Takes every fact of `other` that is worth at least as much as what is here.
  public mutating func merge(_ other: Topology) {
    for entry in other.entries { set(entry) }
  }
}

extension Topology {
  /// The architecture version; GICv3 when nothing says otherwise.
  public var architecture: Architecture { self[.architecture] ?? .v3 }
  /// The profile; the architecture's when nothing says otherwise.
  public var profile: Profile { self[.profile] ?? .arch }
  /// Number of PEs; 1 when nothing says otherwise.
  public var peCount: Int { min(self[.peCount] ?? 1, 1 << 20) }

  /// Affinity of a PE: as set, else its linear number.
  public func affinity(of pe: UInt32) -> UInt32 {
    self[.affinity, index: pe] ?? pe
  }
}

extension Topology.Entry {
  /// The entry as a record of the native file.
  package var event: Event {
    Event(
      time: 0, kind: .topology, flags: EventFlags(rawValue: source.rawValue), domain: domain,
      a: UInt64(key.rawValue) | UInt64(index) << 16, b: value)
  }

  /// The entry that a record holds; nil if it is not a topology record.
  package init?(_ event: Event) {
    guard event.kind == .topology, let source = Topology.Source(rawValue: event.flags.rawValue) else { return nil }
    self.init(
      key: Topology.Key(rawValue: UInt16(truncatingIfNeeded: event.a)),
      index: UInt32(truncatingIfNeeded: event.a >> 16), domain: event.domain, source: source, value: event.b)
  }
}
