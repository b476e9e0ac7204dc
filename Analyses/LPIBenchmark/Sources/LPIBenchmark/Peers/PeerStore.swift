#if canImport(CLPIPeers)
  import CLPIPeers
  import LPIStore

  /// Which library.
  protocol Peer {
    /// Its number for `lpi_peer_at`.
    static var index: Int { get }
  }

  /// JudyL and Judy1.
  enum Judy: Peer { static var index: Int { 0 } }
  /// CRoaring bitmaps and dense pages.
  enum Roaring: Peer { static var index: Int { 1 } }
  /// `absl::flat_hash_map` and `absl::btree_set`.
  enum Absl: Peer { static var index: Int { 2 } }
  /// `std::map` and `std::set`.
  enum StandardMap: Peer { static var index: Int { 3 } }

  extension Peer {
    static var functions: UnsafePointer<lpi_peer> { lpi_peer_at(index) }
  }

  /// A store that a library keeps: one call into C++ for each operation that is timed.
  struct PeerStore<Library: Peer>: ~Copyable, LPIStore {
    private let functions: UnsafePointer<lpi_peer>
    private let store: UnsafeMutableRawPointer
    private var several: [UInt32: [UInt32]] = [:]
    private let limit: UInt32

    static var name: String { String(cString: Library.functions.pointee.name) }

    init(peCount: Int, intidBits: Int) {
      self.init(limit: LPILimits.intidLimit(bits: intidBits))
    }

    private init(limit: UInt32) {
      self.limit = limit
      functions = Library.functions
      store = functions.pointee.create()
    }

    deinit {
      functions.pointee.destroy(store)
    }

    private static var placed: UInt64 { 1 << 9 }
    private static var severalPlaces: UInt64 { 1 << 10 }
    private static var place: UInt64 { placed | severalPlaces | 0xFFFF << 40 }
    private static var visible: UInt64 { ~place & ~0xF000 }

    @inline(__always)
    private func isLPI(_ intid: UInt32) -> Bool { intid >= LPILimits.firstINTID && intid < limit }

    @inline(__always)
    private func bits(_ intid: UInt32) -> UInt64 { isLPI(intid) ? functions.pointee.record(store, intid) : 0 }

    func record(_ intid: UInt32) -> LPIRecord { LPIRecord(bits: bits(intid) & Self.visible) }

    mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) {
      guard isLPI(intid) else { return }
      let old = bits(intid)
      let new = old & Self.place | record.bits & Self.visible
      if old == new { return }
      functions.pointee.set_record(store, intid, new)
      if old & Self.placed != 0 { refile(intid, from: old, to: new) }
    }

    private mutating func refile(_ intid: UInt32, from old: UInt64, to new: UInt64) {
      let oldKey = LPIKey.key(intid, old)
      let newKey = LPIKey.key(intid, new)
      if oldKey != newKey {
        for pe in places(intid, new) where functions.pointee.remove(store, oldKey, pe) {
          _ = functions.pointee.insert(store, newKey, pe)
        }
      }
      dropIfEmpty(intid, new)
    }

    private mutating func dropIfEmpty(_ intid: UInt32, _ bits: UInt64) {
      if bits & Self.visible != 0 || !pendingPEs(intid).isEmpty { return }
      several[intid] = nil
      functions.pointee.set_record(store, intid, 0)
    }

    private func places(_ intid: UInt32, _ bits: UInt64) -> [UInt32] {
      if bits & Self.severalPlaces != 0 { return several[intid] ?? [] }
      return bits & Self.placed != 0 ? [UInt32(truncatingIfNeeded: bits >> 40) & 0xFFFF] : []
    }

    mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
      var changed = record(intid)
      changed.property = property
      changed.isKnown = isKnown
      setRecord(intid, changed)
    }

    @discardableResult
    mutating func remove(_ intid: UInt32) -> Bool {
      let old = bits(intid)
      if old == 0 { return false }
      let key = LPIKey.key(intid, old)
      for pe in places(intid, old) { _ = functions.pointee.remove(store, key, pe) }
      several[intid] = nil
      functions.pointee.set_record(store, intid, 0)
      return true
    }

    @discardableResult
    mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
      guard isLPI(intid), pe < LPILimits.peLimit else { return false }
      let result = functions.pointee.inject(store, intid, pe)
      if result >= 0 { return result == 1 }
      place(intid, on: pe)
      return functions.pointee.insert(store, LPIKey.key(intid, bits(intid)), pe)
    }

    private mutating func place(_ intid: UInt32, on pe: UInt32) {
      let old = bits(intid)
      let key = LPIKey.key(intid, old)
      let others = places(intid, old).filter { $0 != pe && functions.pointee.contains(store, key, $0) }
      several[intid] = others.isEmpty ? nil : (others + [pe]).sorted()
      let fields = Self.placed | (others.isEmpty ? 0 : Self.severalPlaces) | UInt64(pe) << 40
      functions.pointee.set_record(store, intid, old & ~Self.place | fields)
    }

    @discardableResult
    mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
      let old = bits(intid)
      guard isLPI(intid), functions.pointee.remove(store, LPIKey.key(intid, old), pe) else { return false }
      if old & Self.visible == 0 { dropIfEmpty(intid, old) }
      return true
    }

    mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
      let key = functions.pointee.acknowledge(store, pe)
      return key == .max ? nil : (UInt8(truncatingIfNeeded: key >> 22) & 0xFC, key & 0xFF_FFFF)
    }

    func isPending(_ intid: UInt32, pe: UInt32) -> Bool {
      isLPI(intid) && functions.pointee.contains(store, LPIKey.key(intid, bits(intid)), pe)
    }

    func pendingPEs(_ intid: UInt32) -> [UInt32] {
      let bits = bits(intid)
      let key = LPIKey.key(intid, bits)
      return places(intid, bits).filter { functions.pointee.contains(store, key, $0) }
    }

    func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? {
      let first = functions.pointee.first(store, pe)
      return first >= LPIKey.firstIneligible ? nil : (UInt8(truncatingIfNeeded: first >> 22) & 0xFC, first & 0xFF_FFFF)
    }

    mutating func movePending(from source: UInt32, to destination: UInt32) {
      guard source != destination, destination < LPILimits.peLimit else { return }
      while true {
        let key = functions.pointee.first(store, source)
        if key == .max { return }
        _ = functions.pointee.remove(store, key, source)
        place(key & 0xFF_FFFF, on: destination)
        _ = functions.pointee.insert(store, key, destination)
      }
    }

    mutating func clearAllPending(pe: UInt32) {
      while true {
        let key = functions.pointee.first(store, pe)
        if key == .max { return }
        clearPending(key & 0xFF_FFFF, pe: pe)
      }
    }

    func pendingCount(pe: UInt32) -> Int { Int(functions.pointee.pending_count(store, pe)) }

    private func forEachKey(_ pe: UInt32, from first: UInt32, _ body: (UInt32) -> Bool) {
      var key = functions.pointee.next_key(store, pe, first)
      while key != .max {
        if !body(key) { return }
        key = functions.pointee.next_key(store, pe, key + 1)
      }
    }

    func unknownPendingCount(pe: UInt32) -> Int {
      var count = 0
      forEachUnknownPending(pe: pe) { _ in
        count += 1
        return true
      }
      return count
    }

    func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) { forEachKey(pe, from: 0) { body($0 & 0xFF_FFFF) } }

    func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) {
      forEachKey(pe, from: 64 << 24) { $0 >> 24 == 64 && body($0 & 0xFF_FFFF) }
    }

    func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) {
      var intid = functions.pointee.next_record(store, 0)
      while intid != .max {
        if !body(intid, LPIRecord(bits: bits(intid) & Self.visible)) { return }
        intid = functions.pointee.next_record(store, intid + 1)
      }
    }

    var count: Int { Int(functions.pointee.record_count(store)) }
    /// Known to malloc only.
    var memoryInUse: Int { 0 }

    borrowing func copy() -> PeerStore {
      var duplicate = PeerStore(limit: limit)
      forEachRecord { intid, record in
        duplicate.setRecord(intid, record)
        for pe in pendingPEs(intid) { duplicate.setPending(intid, pe: pe) }
        return true
      }
      return duplicate
    }

    func checkInvariants() -> String? { nil }
  }

  /// A library's map of translations.
  struct PeerTranslations<Library: Peer>: ~Copyable, TranslationTable {
    private let functions: UnsafePointer<lpi_peer>
    private let table: UnsafeMutableRawPointer

    init() {
      functions = Library.functions
      table = functions.pointee.create_translations()
    }

    deinit {
      functions.pointee.destroy_translations(table)
    }

    @inline(__always)
    func bits(_ device: UInt32, _ event: UInt32) -> UInt64 {
      functions.pointee.translation(table, UInt64(device) << 16 | UInt64(event))
    }

    mutating func setBits(_ device: UInt32, _ event: UInt32, _ bits: UInt64) {
      functions.pointee.set_translation(table, UInt64(device) << 16 | UInt64(event), bits)
    }

    mutating func mapped(_ device: UInt32, _ eventBits: Int?) {}
    /// Known to malloc only.
    var memoryInUse: Int { 0 }
  }

  extension Judy: LPIStoreName { static var name: String { "judy" } }
  extension Roaring: LPIStoreName { static var name: String { "roaring" } }
  extension Absl: LPIStoreName { static var name: String { "absl" } }
  extension StandardMap: LPIStoreName { static var name: String { "std-map" } }

  typealias PeerTranslationStore<Library: Peer & LPIStoreName> =
    TableTranslationStore<Library, PeerTranslations<Library>>
#endif
