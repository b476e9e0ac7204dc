import InterruptTrace

/// The PEs of a capture: which linear number an affinity has, and which thread of the emulator runs which PE.
///
/// The GICv3 lines name a PE by its affinity (Aff3.Aff2.Aff1.Aff0 in 32 bits), the GICv2 lines by its number; many
/// name none, and only the thread that wrote the line tells whose access it was. Shared by the readers of one
/// capture's files, which take turns.
final class ProcessingElements {
  /// The most PEs; affinities beyond are taken for damage. QEMU's machines have up to 512.
  static let limit = 1 << 12
  /// The most threads.
  private static let threadLimit = 1 << 12
  /// A thread that runs more than one PE (`thread=single`) says nothing about any.
  private static let shared = PE.none - 1

  // Affinities below 256 (only Aff0) have a slot each; others are hashed, with linear probing.
  private let direct: UnsafeMutablePointer<UInt32>
  private let hashed: UnsafeMutablePointer<(affinity: UInt32, pe: UInt32)>
  private static let hashedCapacity = limit * 2
  private let threads: UnsafeMutablePointer<(thread: UInt32, pe: UInt32)>
  private static let threadSlots = threadLimit * 2
  private var threadCount = 0

  /// One more than the highest number of a PE.
  private(set) var count = 0
  /// Number of affinities known: PEs that re-evaluate when all do.
  private(set) var known = 0
  /// Whether the only PE is the accessor of everything.
  private(set) var isSingle = false
  /// Affinities that were met after ``adopt(_:)``, with the number each was given: (affinity, PE).
  private(set) var late: [(affinity: UInt32, pe: UInt32)] = []

  init() {
    direct = .allocate(capacity: 256)
    direct.initialize(repeating: PE.none, count: 256)
    hashed = .allocate(capacity: Self.hashedCapacity)
    hashed.initialize(repeating: (PE.none, PE.none), count: Self.hashedCapacity)
    threads = .allocate(capacity: Self.threadSlots)
    threads.initialize(repeating: (0, PE.none), count: Self.threadSlots)
  }

  deinit {
    direct.deallocate()
    hashed.deallocate()
    threads.deallocate()
  }

  // MARK: Affinities

  /// Takes the PEs that a survey found: `affinities[n]` is PE n's, or nil where the number is not used.
  func adopt(_ affinities: [UInt32?], isSingle: Bool) {
    for (pe, affinity) in affinities.enumerated() {
      if let affinity { insert(affinity, UInt32(pe)) }
    }
    count = affinities.count
    self.isSingle = isSingle
  }

  /// The linear number of the PE with this affinity, or nil if it was never met.
  @inline(__always) func knownNumber(ofAffinity value: UInt64) -> UInt32? {
    guard value < 256 else { return knownHashedNumber(value) }
    let pe = direct[Int(value)]
    return pe != PE.none ? pe : nil
  }

  private func knownHashedNumber(_ value: UInt64) -> UInt32? {
    guard value < UInt64(PE.none) else { return nil }
    let pe = hashed[slot(UInt32(truncatingIfNeeded: value))].pe
    return pe != PE.none ? pe : nil
  }

  /// The linear number of the PE with this affinity; a new one if it was never met, ``PE/none`` if there are too many.
  func number(ofAffinity value: UInt64) -> UInt32 {
    if let pe = knownNumber(ofAffinity: value) { return pe }
    guard value < UInt64(PE.none), count < Self.limit else { return PE.none }
    let affinity = UInt32(truncatingIfNeeded: value)
    // While only Aff0 is in use it is the number itself.
    let pe = affinity < 256 && Int(affinity) >= count ? affinity : UInt32(count)
    insert(affinity, pe)
    count = max(count, Int(pe) + 1)
    isSingle = false
    late.append((affinity, pe))
    return pe
  }

  private func insert(_ affinity: UInt32, _ pe: UInt32) {
    known += 1
    if affinity < 256 {
      direct[Int(affinity)] = pe
    } else {
      hashed[slot(affinity)] = (affinity, pe)
    }
  }

  /// Where an affinity is, or belongs. The table is never more than half full.
  private func slot(_ affinity: UInt32) -> Int {
    var at = Int((affinity &* 0x9E37_79B1) >> 19)
    while hashed[at].pe != PE.none && hashed[at].affinity != affinity { at = (at + 1) & (Self.hashedCapacity - 1) }
    return at
  }

  /// A GICv2 line named PE `pe`; keeps ``count`` right.
  func meet(_ pe: UInt32) {
    if Int(pe) >= count && Int(pe) < Self.limit {
      count = Int(pe) + 1
      if count > 1 { isSingle = false }
    }
  }

  // MARK: Threads

  /// The PE that a thread runs, or ``PE/none`` if that is not known.
  func pe(ofThread thread: UInt32) -> UInt32 {
    if isSingle { return 0 }
    guard thread != 0 else { return PE.none }
    let pe = threads[threadSlot(thread)].pe
    return pe == Self.shared ? PE.none : pe
  }

  /// Whether a thread is one of the emulator's that run no PE: none of those that are known to run them, when every PE
  /// has its own.
  func runsNoPE(_ thread: UInt32) -> Bool {
    thread != 0 && threadCount >= known && known > 0 && threads[threadSlot(thread)].pe == PE.none
  }

  /// Learns that a thread did something that only PE `pe` does.
  func bind(thread: UInt32, to pe: UInt32) {
    guard thread != 0, pe < UInt32(Self.limit) else { return }
    let at = threadSlot(thread)
    if threads[at].pe == PE.none {
      guard threadCount < Self.threadLimit else { return }
      threadCount += 1
      threads[at] = (thread, pe)
    } else if threads[at].pe != pe {
      threads[at].pe = Self.shared
    }
  }

  private func threadSlot(_ thread: UInt32) -> Int {
    var at = Int((thread &* 0x9E37_79B1) >> 19)
    while threads[at].pe != PE.none && threads[at].thread != thread { at = (at + 1) & (Self.threadSlots - 1) }
    return at
  }
}
