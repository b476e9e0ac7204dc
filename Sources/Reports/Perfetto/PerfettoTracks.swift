import Analyzers
import PerfettoTrace

/// What a Perfetto track shows.
enum PerfettoTrack: Hashable {
  case domain(UInt16)
  case pe(UInt16, UInt32)
  /// The n-th interrupt at a time that a PE handles: preemption makes more than one.
  case running(UInt16, UInt32, lane: Int)
  case active(UInt16, UInt32, lane: Int)
  case pending(UInt16, UInt32, lane: Int)
  case sent(UInt16, UInt32)
  case listRegister(UInt16, UInt32, UInt32)
  case pendingCount(UInt16, UInt32)
  case listRegisterCount(UInt16, UInt32)
  /// When a vCPU was in its guest.
  case inGuest(UInt16, UInt32)
  /// Interrupt handlers of a kernel that was traced.
  case handlers(UInt16, UInt32)
  case injections(UInt16)
  case its(UInt16)
  case cacheMisses(UInt16, Int, ITSCacheTable)
  case inputs(UInt16)
  case capture
  /// Where findings first show.
  case findings

  var parent: PerfettoTrack? {
    switch self {
    case .domain, .capture, .findings: nil
    case .pe(let domain, _), .its(let domain), .inputs(let domain), .injections(let domain): .domain(domain)
    case .cacheMisses(let domain, _, _): .its(domain)
    case .inGuest(let domain, let pe), .handlers(let domain, let pe): .pe(domain, pe)
    case .running(let domain, let pe, _), .active(let domain, let pe, _), .pending(let domain, let pe, _),
      .sent(let domain, let pe), .listRegister(let domain, let pe, _), .pendingCount(let domain, let pe),
      .listRegisterCount(let domain, let pe):
      .pe(domain, pe)
    }
  }

  /// Tracks of one name and one parent are shown as one.
  func name(_ naming: PENaming) -> String {
    switch self {
    case .domain(0): "Physical controller"
    case .domain(let domain): "Guest \(domain)"
    case .pe(let domain, let pe): "PE \(naming.text(pe, domain: domain))"
    case .running: "acknowledge to end"
    case .active: "acknowledge to deactivate"
    case .pending: "pending to acknowledge"
    case .sent: "SGIs sent"
    case .listRegister(_, _, let index): "LR \(index)"
    case .pendingCount: "pending"
    case .listRegisterCount: "list registers in use"
    case .inGuest: "in the guest"
    case .handlers: "handlers"
    case .injections: "Injections"
    case .its: "ITS"
    case .cacheMisses(_, let its, let table): (its > 0 ? "ITS \(its) " : "") + "\(table.name) cache misses"
    case .inputs: "Inputs and registers"
    case .capture: "Capture"
    case .findings: "Findings"
    }
  }

  /// Its place among its siblings.
  var rank: Int32 {
    switch self {
    case .domain(let domain): Int32(domain)
    case .capture: .max
    case .findings: .max - 1
    case .its: -2
    case .inputs, .injections: -1
    case .inGuest: -2
    case .handlers: -1
    case .cacheMisses(_, let its, let table): Int32(its * 8) + Int32(table.rawValue)
    case .pe(_, let pe): Int32(truncatingIfNeeded: pe & 0xFFFF_FFF)
    case .running: 0
    case .active: 1
    case .pending: 2
    case .pendingCount: 3
    case .sent: 4
    case .listRegisterCount: 5
    case .listRegister(_, _, let index): 6 + Int32(index)
    }
  }

  var isHandlers: Bool {
    if case .handlers = self { return true }
    return false
  }

  var counterUnit: String? {
    switch self {
    case .pendingCount: "interrupts"
    case .listRegisterCount: "list registers"
    case .cacheMisses: "misses"
    default: nil
    }
  }
}

extension Gicscope_Perfetto_TrackDescriptor {
  init(_ track: PerfettoTrack, uuid: UInt64, parent: UInt64?, naming: PENaming) {
    self.init()
    self.uuid = uuid
    name = track.name(naming)
    if let parent { parentUuid = parent }
    siblingOrderRank = track.rank
    switch track {
    case .domain, .pe: childOrdering = .explicit
    case .listRegister: siblingMergeBehavior = .none
    default: break
    }
    if let unit = track.counterUnit { counter.unitName = unit }
  }
}

/// Puts spans that overlap on different lanes. They come in the order of their ends.
struct LaneAllocator {
  private var ends: [UInt64] = []

  /// The lane of a span: of those that are free at its start the one that became so last.
  mutating func lane(from start: UInt64, to end: UInt64) -> Int {
    var best: Int?
    for (lane, last) in ends.enumerated() where last <= start && (best.map { ends[$0] < last } ?? true) {
      best = lane
    }
    guard let best else {
      ends.append(end)
      return ends.count - 1
    }
    ends[best] = end
    return best
  }
}
