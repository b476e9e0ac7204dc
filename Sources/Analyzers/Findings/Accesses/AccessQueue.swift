import InterruptTrace
import Replay

/// The events of a batch that findings look at, in order: few of a capture's events explain anything.
///
/// The transitions of a batch come after all of its events, so that whoever explains a transition has to take in the events
/// up to it first, and no later one.
struct AccessQueue: ~Copyable {
  /// Where in the batch they are, and their numbers.
  private var places = UnsafeMutablePointer<(index: Int, number: UInt64)>.allocate(capacity: 64)
  private var capacity = 64
  private var count = 0
  private var next = 0
  private var events = UnsafeBufferPointer<Event>(start: nil, count: 0)
  /// Bit n is set if an event of kind n has occurred, of kinds below 64: those of a controller's ports.
  private(set) var controllerKinds: UInt64 = 0
  /// Affinity routing is on: registers of the Distributor that belong to SGIs and PPIs are RES0.
  var isAffinityRouted = false
  /// The ARE bits of `GICD_CTLR` read as set where nothing had set them.
  var affinityRoutingIsFixed = false
  /// The last write of `GICD_CTLR` was Secure.
  var controlIsSecure = false
  /// The first INTID below 1020 that the controller does not have, as far as `GICD_TYPER` has shown it.
  private(set) var absentINTIDs: UInt32 = INTID.specials.lowerBound

  /// What is done with the events of a kind, by its number.
  private let roles = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)

  private enum Role {
    static var nothing: UInt8 { 0 }
    static var continuation: UInt8 { 1 }
    static var lines: UInt8 { 2 }
    static var highest: UInt8 { 3 }
    /// It is looked at.
    static var event: UInt8 { 4 }
    /// It is looked at if it is one of those that findings name.
    static var access: UInt8 { 5 }
    /// No such event of the physical controller has occurred.
    static var isNew: UInt8 { 0x80 }

    static func of(_ kind: EventKind) -> UInt8 {
      switch kind {
      case .continuation: continuation
      case .cpuLine: lines
      case .highestPending: highest
      case .mmioRead, .mmioWrite, .sysregRead, .sysregWrite: access
      case .itsCommand, .tableEntry, .exceptionEntry, .itsProcess: event
      case .guestEnter, .guestExit, .inject, .timerLine, .handlerEnter, .handlerExit, .ipiSend, .ipiEnter, .marker:
        event
      default: nothing
      }
    }
  }

  init() {
    for number in 0..<256 {
      roles[number] = Role.of(EventKind(rawValue: UInt8(number))) | (number < 64 ? Role.isNew : 0)
    }
  }

  deinit {
    places.deallocate()
    roles.deallocate()
  }

  /// Whether any event has been one of a controller: a kernel's own trace has none.
  var showsController: Bool { controllerKinds != 0 }

  /// Whether the CPU interface is one of system registers, as a GICv3's is.
  var hasSystemRegisters: Bool {
    controllerKinds & (1 << UInt64(EventKind.sysregRead.rawValue) | 1 << UInt64(EventKind.sysregWrite.rawValue)) != 0
  }

  mutating func copyCounts(of other: borrowing AccessQueue) {
    controllerKinds = other.controllerKinds
    roles.update(from: other.roles, count: 256)
    isAffinityRouted = other.isAffinityRouted
    (affinityRoutingIsFixed, controlIsSecure) = (other.affinityRoutingIsFixed, other.controlIsSecure)
    absentINTIDs = other.absentINTIDs
  }

  /// Looks through a batch: what it shows of a PE goes to the PE's record. Every event comes by here, so that one that is not
  /// looked at must cost next to nothing.
  mutating func begin(_ batch: ReplayBatch, _ processors: inout PETable<ProcessorRecord>) {
    events = batch.events
    (count, next) = (0, 0)
    if events.count > capacity { grow(to: events.count) }
    guard let first = events.baseAddress else { return }
    var number = batch.firstIndex &- 1
    for index in 0..<events.count {
      let event = first + index
      var role = roles[Int(event.pointee.kind.rawValue)]
      if role == Role.continuation { continue }
      number &+= 1
      if role == Role.nothing { continue }
      if role & Role.isNew != 0 { role = noteKind(event) }
      switch role {
      case Role.lines, Role.highest:
        guard event.pointee.domain == Domain.physical, event.pointee.pe != PE.none else { continue }
        let processor = processors.at(domain: Domain.physical, pe: event.pointee.pe)
        if role == Role.lines {
          processor.pointee.showLines(event, number)
        } else {
          processor.pointee.showHighest(event, number)
        }
        continue
      case Role.access: guard explains(event) else { continue }
      case Role.event: break
      default: continue
      }
      places[count] = (index, number)
      count &+= 1
    }
  }

  /// The first event of a kind: what is done with those.
  @inline(never) private mutating func noteKind(_ event: UnsafePointer<Event>) -> UInt8 {
    let number = event.pointee.kind.rawValue
    let role = roles[Int(number)] & ~Role.isNew
    if event.pointee.domain == Domain.physical {
      controllerKinds |= 1 << UInt64(number)
      roles[Int(number)] = role
    }
    return role
  }

  /// The next event up to `number`, with the record that follows it; nil if there is none.
  @inline(__always)
  mutating func take(upTo number: UInt64) -> (event: Event, more: Event?, number: UInt64)? {
    guard next < count else { return nil }
    let place = places[next]
    guard place.number <= number else { return nil }
    next &+= 1
    let after = place.index + 1
    let follows = after < events.count && events[after].kind == .continuation
    return (events[place.index], follows ? events[after] : nil, place.number)
  }

  /// The text of the marker that was taken last: as much of it as names have.
  var textOfTaken: String {
    let index = places[next - 1].index
    let text = events[index].markerText(in: events[(index + 1)..<events.end(ofEventAt: index)])
    return String(decoding: text.prefix(64), as: UTF8.self)
  }

  @inline(never) private mutating func grow(to wanted: Int) {
    places.deallocate()
    capacity = wanted
    places = .allocate(capacity: wanted)
  }

  /// Whether a register access is one that findings name.
  @inline(__always) private mutating func explains(_ place: UnsafePointer<Event>) -> Bool {
    let event = place.pointee
    guard event.domain == Domain.physical else { return false }
    switch event.kind {
    case .mmioWrite: return !event.flags.contains(.absolute) && explains(write: event)
    case .mmioRead: return !event.flags.contains(.absolute) && explains(read: event)
    case .sysregWrite: return explains(system: event)
    default:
      let register = event.register
      return register == .ICC_IAR0_EL1 || register == .ICC_IAR1_EL1 || register == .ICC_NMIAR1_EL1
    }
  }

  private func explains(write event: Event) -> Bool {
    if event.flags.contains(.refused) { return true }
    let offset = event.offset
    switch event.frame {
    case .gits: return offset < 0x140
    case .gicr: return offset == 0 || (0x70..<0x80).contains(offset) || (0x2_0070..<0x2_0080).contains(offset)
    case .gicd:
      return offset == 0 || offset == RegisterOffset.gicdSGIR || (0x820..<0xC00).contains(offset) || offset >= 0x6000
        || BankedRegister.mayHold(offset) || RegisterOffset.gicdSPIMessages.contains(offset)
    case .gicc:
      return offset == RegisterOffset.giccPMR || offset == RegisterOffset.giccDIR
        || offset == RegisterOffset.giccEOIR && isNoInterrupt(event.b & 0x3FF)
    default: return false
    }
  }

  /// Whether the controller has no interrupt of an INTID below 1024.
  private func isNoInterrupt(_ intid: UInt64) -> Bool { intid >= absentINTIDs && intid < 1024 }

  private mutating func explains(read event: Event) -> Bool {
    if event.frame == .gicd, event.offset == RegisterOffset.gicdTYPER, event.flags.isDisjoint(with: .refused) {
      absentINTIDs = min(32 * (UInt32(event.b & 0x1F) + 1), INTID.specials.lowerBound)
    }
    return switch event.frame {
    case .gits: event.offset == 0 || (0x100..<0x140).contains(event.offset)
    case .gicr: event.offset == 0
    case .gicd: event.offset <= RegisterOffset.gicdTYPER
    case .gicc: event.offset == 0xC || event.offset == 0x20
    default: false
    }
  }

  private func explains(system event: Event) -> Bool {
    switch event.register {
    case .ICC_EOIR0_EL1, .ICC_EOIR1_EL1: isNoInterrupt(event.b & 0xFF_FFFF)
    case .ICC_DIR_EL1: true
    case .ICC_SGI0R_EL1, .ICC_SGI1R_EL1, .ICC_ASGI1R_EL1: event.b >> 40 & 1 != 0
    default: false
    }
  }
}

/// A register array for SGIs and PPIs: it lies in each Redistributor's SGI frame, and with affinity routing the
/// Distributor's own is RES0 (IHI 0069H, 12.9 and 12.11).
struct BankedRegister {
  /// The name without its frame: `ISENABLER`.
  var name: String
  /// The offset in the SGI frame, from its start.
  var offset: UInt32

  private static let all: [(name: String, from: UInt32, to: UInt32)] = [
    ("IGROUPR", 0x80, 0x84), ("ISENABLER", 0x100, 0x104), ("ICENABLER", 0x180, 0x184), ("ISPENDR", 0x200, 0x204),
    ("ICPENDR", 0x280, 0x284), ("ISACTIVER", 0x300, 0x304), ("ICACTIVER", 0x380, 0x384), ("IPRIORITYR", 0x400, 0x420),
    ("ICFGR", 0xC00, 0xC08), ("IGRPMODR", 0xD00, 0xD04), ("NSACR", 0xE00, 0xE04),
  ]

  /// Whether an offset may lie in one of the arrays.
  static func mayHold(_ offset: UInt32) -> Bool {
    offset & 0x7F == 0 || (0x400..<0x420).contains(offset) || offset == 0xC04
  }

  /// The array that an offset of a Redistributor's SGI frame, or of the Distributor, lies in; nil if it is none of SGIs and
  /// PPIs.
  init?(distributor offset: UInt32) {
    guard let row = Self.all.first(where: { ($0.from..<$0.to).contains(offset) }) else { return nil }
    (name, self.offset) = (row.name, row.from)
  }
}
