// What a conformance implements is documented at the protocol.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

/// A kind of store that is chosen at run time.
public struct LPIStoreKind: Sendable {
  /// The name that users choose it by.
  public let name: String
  let make: @Sendable (_ peCount: Int, _ intidBits: Int) -> any LPIStoreBox

  /// The kind of a store.
  public init<Store: LPIStore & SendableMetatype & ~Copyable>(_: Store.Type) {
    name = Store.name
    make = { StoreBox<Store>(Store(peCount: $0, intidBits: $1)) }
  }

  /// The default, and the store that defines what is right.
  public static let standard = [LPIStoreKind(PackedLPIStore.self), LPIStoreKind(ReferenceLPIStore.self)]

  /// An empty store of this kind; parameters as of ``LPIStore/init(peCount:intidBits:)``.
  public func callAsFunction(peCount: Int, intidBits: Int) -> AnyLPIStore {
    AnyLPIStore(make(peCount, intidBits))
  }
}

/// A store of any kind behind one call that is not specialised: what a model uses that need not be specialised for each.
public struct AnyLPIStore: ~Copyable, LPIStore {
  private let box: any LPIStoreBox

  init(_ box: any LPIStoreBox) { self.box = box }

  /// `any`.
  public static var name: String { "any" }

  /// The default store.
  public init(peCount: Int, intidBits: Int) {
    self.init(StoreBox<PackedLPIStore>(PackedLPIStore(peCount: peCount, intidBits: intidBits)))
  }

  public func record(_ intid: UInt32) -> LPIRecord { box.record(intid) }
  public mutating func setRecord(_ intid: UInt32, _ record: LPIRecord) { box.setRecord(intid, record) }
  public mutating func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    box.setConfiguration(intid, property: property, isKnown: isKnown)
  }
  @discardableResult public mutating func remove(_ intid: UInt32) -> Bool { box.remove(intid) }
  @discardableResult public mutating func setPending(_ intid: UInt32, pe: UInt32) -> Bool {
    box.setPending(intid, pe: pe)
  }
  @discardableResult public mutating func clearPending(_ intid: UInt32, pe: UInt32) -> Bool {
    box.clearPending(intid, pe: pe)
  }
  public func isPending(_ intid: UInt32, pe: UInt32) -> Bool { box.isPending(intid, pe: pe) }
  public func pendingPEs(_ intid: UInt32) -> [UInt32] { box.pendingPEs(intid) }
  public func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? { box.best(pe: pe) }
  public mutating func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? { box.acknowledge(pe: pe) }
  public mutating func movePending(from source: UInt32, to destination: UInt32) {
    box.movePending(from: source, to: destination)
  }
  public mutating func clearAllPending(pe: UInt32) { box.clearAllPending(pe: pe) }
  public func pendingCount(pe: UInt32) -> Int { box.pendingCount(pe: pe) }
  public func unknownPendingCount(pe: UInt32) -> Int { box.unknownPendingCount(pe: pe) }
  public func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) { box.forEachPending(pe: pe, body) }
  public func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) { box.forEachUnknownPending(pe: pe, body) }
  public func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) { box.forEachRecord(body) }
  public var count: Int { box.count }
  public var memoryInUse: Int { box.memoryInUse }
  public var mappedMemory: Int { box.mappedMemory }
  public borrowing func copy() -> AnyLPIStore { AnyLPIStore(box.copy()) }
  public func checkInvariants() -> String? { box.checkInvariants() }
}

/// ``LPIStore`` without requirements on the type.
protocol LPIStoreBox: AnyObject {
  func record(_ intid: UInt32) -> LPIRecord
  func setRecord(_ intid: UInt32, _ record: LPIRecord)
  func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool)
  func remove(_ intid: UInt32) -> Bool
  func setPending(_ intid: UInt32, pe: UInt32) -> Bool
  func clearPending(_ intid: UInt32, pe: UInt32) -> Bool
  func isPending(_ intid: UInt32, pe: UInt32) -> Bool
  func pendingPEs(_ intid: UInt32) -> [UInt32]
  func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)?
  func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)?
  func movePending(from source: UInt32, to destination: UInt32)
  func clearAllPending(pe: UInt32)
  func pendingCount(pe: UInt32) -> Int
  func unknownPendingCount(pe: UInt32) -> Int
  func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool)
  func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool)
  func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool)
  var count: Int { get }
  var memoryInUse: Int { get }
  var mappedMemory: Int { get }
  func copy() -> any LPIStoreBox
  func checkInvariants() -> String?
}

/// Owns a store.
final class StoreBox<Store: LPIStore & ~Copyable>: LPIStoreBox {
  private var store: Store

  init(_ store: consuming Store) { self.store = store }

  func record(_ intid: UInt32) -> LPIRecord { store.record(intid) }
  func setRecord(_ intid: UInt32, _ record: LPIRecord) { store.setRecord(intid, record) }
  func setConfiguration(_ intid: UInt32, property: UInt8, isKnown: Bool) {
    store.setConfiguration(intid, property: property, isKnown: isKnown)
  }
  func remove(_ intid: UInt32) -> Bool { store.remove(intid) }
  func setPending(_ intid: UInt32, pe: UInt32) -> Bool { store.setPending(intid, pe: pe) }
  func clearPending(_ intid: UInt32, pe: UInt32) -> Bool { store.clearPending(intid, pe: pe) }
  func isPending(_ intid: UInt32, pe: UInt32) -> Bool { store.isPending(intid, pe: pe) }
  func pendingPEs(_ intid: UInt32) -> [UInt32] { store.pendingPEs(intid) }
  func best(pe: UInt32) -> (priority: UInt8, intid: UInt32)? { store.best(pe: pe) }
  func acknowledge(pe: UInt32) -> (priority: UInt8, intid: UInt32)? { store.acknowledge(pe: pe) }
  func movePending(from source: UInt32, to destination: UInt32) { store.movePending(from: source, to: destination) }
  func clearAllPending(pe: UInt32) { store.clearAllPending(pe: pe) }
  func pendingCount(pe: UInt32) -> Int { store.pendingCount(pe: pe) }
  func unknownPendingCount(pe: UInt32) -> Int { store.unknownPendingCount(pe: pe) }
  func forEachPending(pe: UInt32, _ body: (UInt32) -> Bool) { store.forEachPending(pe: pe, body) }
  func forEachUnknownPending(pe: UInt32, _ body: (UInt32) -> Bool) { store.forEachUnknownPending(pe: pe, body) }
  func forEachRecord(_ body: (UInt32, LPIRecord) -> Bool) { store.forEachRecord(body) }
  var count: Int { store.count }
  var memoryInUse: Int { store.memoryInUse }
  var mappedMemory: Int { store.mappedMemory }
  func copy() -> any LPIStoreBox { StoreBox(store.copy()) }
  func checkInvariants() -> String? { store.checkInvariants() }
}
