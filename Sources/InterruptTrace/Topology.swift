/// What the controller is: one fact per entry, each with where it comes from.
///
/// A topology travels in the native file as ``EventKind/topology`` records, one per entry.
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

  /// The name of a fact. Numbers are stable: they stand in native files.
  public struct Key: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
    /// The number in the native file.
    public var rawValue: UInt16
    /// Any number, known or not.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Native format version, `major << 16 | minor`.
    public static let formatVersion = Key(rawValue: 1)
    /// Unix time of the capture's epoch in ns.
    public static let epoch = Key(rawValue: 2)
    /// An ``Architecture``.
    public static let architecture = Key(rawValue: 3)
    /// Number of PEs.
    public static let peCount = Key(rawValue: 4)
    /// Affinity (Aff3.Aff2.Aff1.Aff0, 8 bits each) of PE `index`.
    public static let affinity = Key(rawValue: 5)
    /// `GICD_TYPER.ITLinesNumber`: INTIDs 0 to `32 * (n + 1) - 1` are implemented.
    public static let itLinesNumber = Key(rawValue: 6)
    /// Implemented priority bits, 4 to 8.
    public static let priorityBits = Key(rawValue: 7)
    /// Implemented preemption bits of the virtual CPU interface.
    public static let preemptionBits = Key(rawValue: 8)
    /// List registers per PE.
    public static let listRegisters = Key(rawValue: 9)
    /// `GICD_TYPER.IDbits + 1`: INTID bits.
    public static let intidBits = Key(rawValue: 10)
    /// 1 or 2.
    public static let securityStates = Key(rawValue: 11)
    /// A ``Profile``.
    public static let profile = Key(rawValue: 12)
    /// 1 if EL2 is implemented, else 0.
    public static let hasEL2 = Key(rawValue: 13)
    /// 1 if EL3 is implemented, else 0.
    public static let hasEL3 = Key(rawValue: 14)
    /// 1 if firmware, or the emulator in its place, left all interrupts in Group 1 for a Non-secure kernel.
    public static let resetToGroup1 = Key(rawValue: 15)
    /// A ``CaptureFormat``: what the capture was before it was ours.
    public static let sourceFormat = Key(rawValue: 16)
    /// 1 if the capture starts at the controller's reset, 0 if in the middle of a run.
    public static let startsAtReset = Key(rawValue: 17)
    /// 0 if affinity routing is off for good (`GICD_CTLR.ARE`): a GICv3 in legacy operation. 1 if it is on.
    public static let affinityRouting = Key(rawValue: 18)
    /// 2 if the capture holds what happened to another interrupt controller too, and does not tell the two apart.
    public static let controllers = Key(rawValue: 19)
    /// 1 if the capture is what one of an emulator's threads wrote, and that of the others is missing.
    public static let lacksThreads = Key(rawValue: 20)
    /// Release of the kernel that was traced, `major << 16 | minor`.
    public static let kernelRelease = Key(rawValue: 21)
    /// What is to be added to a capture's times so that they are those of the host's capture of the same recording, in ns,
    /// a signed number: trace-cmd measures it between a host and its guest.
    public static let timeShift = Key(rawValue: 22)
    /// Physical address of the Distributor.
    public static let gicdBase = Key(rawValue: 32)
    /// Physical address of the GICv2 CPU interface.
    public static let giccBase = Key(rawValue: 33)
    /// Physical address of the virtual interface control frame.
    public static let gichBase = Key(rawValue: 34)
    /// Physical address of the virtual CPU interface.
    public static let gicvBase = Key(rawValue: 35)
    /// Physical address of Redistributor region `index`.
    public static let gicrBase = Key(rawValue: 36)
    /// Bytes from one Redistributor to the next: 0x20000, or 0x40000 from GICv4.
    public static let gicrStride = Key(rawValue: 37)
    /// Physical address of ITS `index`.
    public static let gitsBase = Key(rawValue: 38)
    /// Physical address of GICv2m frame `index`.
    public static let gicmBase = Key(rawValue: 39)
    /// `GICD_TYPER` as read.
    public static let gicdTyper = Key(rawValue: 64)
    /// `GICR_TYPER` of PE `index` as read.
    public static let gicrTyper = Key(rawValue: 65)
    /// `GITS_TYPER` of ITS `index` as read.
    public static let gitsTyper = Key(rawValue: 66)
    /// `ICH_VTR_EL2` or `GICH_VTR` as read.
    public static let vtr = Key(rawValue: 67)
    /// First SPI of GICv2m frame `index`.
    public static let gicmFirstSPI = Key(rawValue: 68)
    /// Number of SPIs of GICv2m frame `index`.
    public static let gicmSPICount = Key(rawValue: 69)
  }

  /// The architecture versions that the model knows.
  public enum Architecture: UInt64, Sendable {
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
  public enum Profile: UInt64, Sendable {
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
  public enum CaptureFormat: UInt64, Sendable {
    /// Written by us from nothing else (`generate`).
    case native = 0
    /// A QEMU log with `gic*` trace events.
    case qemuLog = 1
    /// ftrace text, `trace.dat` or `perf script` output.
    case ftrace = 2
    /// pcap or pcapng.
    case pcap = 3
  }

  /// One fact.
  public struct Entry: BitwiseCopyable, Equatable, Sendable {
    /// Which fact.
    public var key: Key
    /// Which of several: a PE, an ITS, a region.
    public var index: UInt32
    /// 0 is the physical controller, n is guest n.
    public var domain: UInt16
    /// Where it comes from.
    public var source: Source
    /// The fact.
    public var value: UInt64

    /// An entry with every field given.
    public init(key: Key, index: UInt32 = 0, domain: UInt16 = 0, source: Source, value: UInt64) {
      self.key = key
      self.index = index
      self.domain = domain
      self.source = source
      self.value = value
    }
  }

  /// The facts, in the order in which they were first set.
  public private(set) var entries: [Entry] = []
  /// Where each fact stands in `entries`: a large machine has an affinity per PE.
  private var positions: [Slot: Int] = [:]

  private struct Slot: Hashable, Sendable {
    var key: Key
    var index: UInt32
    var domain: UInt16
  }

  /// A topology that says nothing.
  public init() {}

  /// The value of a fact, or nil. O(1).
  public func value(_ key: Key, index: UInt32 = 0, domain: UInt16 = 0) -> UInt64? {
    entry(key, index: index, domain: domain)?.value
  }

  /// The fact with its source, or nil. O(1).
  public func entry(_ key: Key, index: UInt32 = 0, domain: UInt16 = 0) -> Entry? {
    positions[Slot(key: key, index: index, domain: domain)].map { entries[$0] }
  }

  /// Sets a fact, unless a better source has set it already. Returns whether it was taken.
  @discardableResult
  public mutating func set(_ key: Key, index: UInt32 = 0, domain: UInt16 = 0, to value: UInt64, source: Source) -> Bool
  {
    set(Entry(key: key, index: index, domain: domain, source: source, value: value))
  }

  /// Sets a fact, unless a better source has set it already. Returns whether it was taken.
  @discardableResult public mutating func set(_ entry: Entry) -> Bool {
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
  /// The value of ``Key/kernelRelease`` for a release.
  public static func kernelRelease(_ major: UInt64, _ minor: UInt64) -> UInt64 { major << 16 | minor }

  /// The release in a text such as `Linux (none) 6.1.0-56-cloud-arm64 aarch64`; nil if there is none.
  public static func kernelRelease(in text: String) -> UInt64? {
    for word in text.split(separator: " ") {
      let numbers = word.split(separator: ".", maxSplits: 2)
      guard numbers.count >= 2, let major = UInt64(numbers[0]), major < 1 << 16,
        let minor = UInt64(numbers[1].prefix { $0.isNumber }), minor < 1 << 16
      else { continue }
      return kernelRelease(major, minor)
    }
    return nil
  }

  /// The architecture version; GICv3 when nothing says otherwise.
  public var architecture: Architecture { value(.architecture).flatMap(Architecture.init) ?? .v3 }
  /// The profile; the architecture's when nothing says otherwise.
  public var profile: Profile { value(.profile).flatMap(Profile.init) ?? .arch }
  /// Number of PEs; 1 when nothing says otherwise.
  public var peCount: Int { Int(truncatingIfNeeded: min(value(.peCount) ?? 1, 1 << 20)) }

  /// Affinity of a PE: as set, else its linear number.
  public func affinity(of pe: UInt32) -> UInt32 {
    value(.affinity, index: pe).map { UInt32(truncatingIfNeeded: $0) } ?? pe
  }
}

extension Topology.Entry {
  /// The entry as a record of the native file.
  public var event: Event {
    Event(
      time: 0, kind: .topology, flags: EventFlags(rawValue: source.rawValue), domain: domain,
      a: UInt64(key.rawValue) | UInt64(index) << 16, b: value)
  }

  /// The entry that a record holds; nil if it is not a topology record.
  public init?(_ event: Event) {
    guard event.kind == .topology, let source = Topology.Source(rawValue: event.flags.rawValue) else { return nil }
    self.init(
      key: Topology.Key(rawValue: UInt16(truncatingIfNeeded: event.a)),
      index: UInt32(truncatingIfNeeded: event.a >> 16), domain: event.domain, source: source, value: event.b)
  }
}
