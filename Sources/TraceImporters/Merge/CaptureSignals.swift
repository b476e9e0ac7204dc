import InterruptTrace

/// What of a capture can be found again in another of the same run: acknowledges, handlers, entries after injections.
public struct CaptureSignals: Sendable {
  /// One of them.
  struct Signal: Timed, Sendable {
    var time: UInt64
    var pe: UInt32
    /// An INTID, or a kernel's interrupt number.
    var number: UInt32
  }

  /// Interrupts that the machine's own PEs acknowledged.
  private(set) var acknowledges: [Signal] = []
  /// Handlers that the machine's kernel ran.
  private(set) var handlers: [Signal] = []
  /// What the machine's kernel did: handlers, softirqs, IPIs.
  private(set) var steps: [Signal] = []
  /// Runs of guests' vCPUs, by domain.
  private(set) var runs: [UInt16: [UInt32: [(from: UInt64, to: UInt64)]]] = [:]
  /// What is to be added to the capture's times so that they are its host's, if the capture says so.
  public let timeShift: Int64?
  /// Entries of a guest that follow an injection, by domain.
  private(set) var entries: [UInt16: [Signal]] = [:]

  /// A list register that was filled or taken back.
  struct ListRegister: Sendable {
    var time: UInt64
    var thread: UInt32
    /// The vCPU with its domain, where the capture shows it.
    var owner: UInt64?
    var isFill: Bool
  }
  /// In the order of the capture.
  private(set) var lists: [ListRegister] = []
  /// Which vCPU, with its domain, each thread runs.
  private(set) var vcpus: [UInt32: UInt64] = [:]

  private static let limit = 4 << 20

  /// Reads a source to its end.
  public init(_ source: any EventSource) throws(TraceError) {
    var batch = EventBatch()
    timeShift = source.topology[.timeShift]
    var entered: [UInt64: UInt64] = [:]
    var runCount = 0
    // vCPUs to which something was injected since they were last entered; PE.none stands for all of a guest.
    var injected = Set<UInt64>()
    while try source.read(into: &batch) > 0 {
      for event in batch.events {
        if event.domain == 0, EventKind.handlerEnter.rawValue...EventKind.ipiExit.rawValue ~= event.kind.rawValue {
          Self.add(event, 0, to: &steps)
        }
        if event.kind == .guestExit, event.domain != 0, runCount < Self.limit,
          let from = entered.removeValue(forKey: UInt64(event.domain) << 32 | UInt64(event.pe))
        {
          runs[event.domain, default: [:]][event.pe, default: []].append((from, event.time))
          runCount += 1
        }
        switch event.kind {
        case .sysregRead where event.domain == 0:
          let isIAR = event.register == .ICC_IAR1_EL1 || event.register == .ICC_IAR0_EL1
          let intid = UInt32(truncatingIfNeeded: event.b & 0xFF_FFFF)
          if isIAR, INTID.isBasic(intid) || INTID.isLPI(intid) { Self.add(event, intid, to: &acknowledges) }
        case .mmioRead where event.domain == 0:
          if !event.flags.contains(.absolute), event.frame == .gicc, event.offset == 0xC, INTID.isBasic(event.b & 0x3FF)
          {
            Self.add(event, UInt32(event.b & 0x3FF), pe: event.owner, to: &acknowledges)
          }
        case .handlerEnter where event.domain == 0: Self.add(event, UInt32(truncatingIfNeeded: event.a), to: &handlers)
        case .vcpuThread: vcpus[UInt32(truncatingIfNeeded: event.a)] = UInt64(event.domain) << 32 | UInt64(event.pe)
        case .lrWrite where lists.count < Self.limit, .lrRead where lists.count < Self.limit:
          lists.append(
            ListRegister(
              time: event.time, thread: UInt32(truncatingIfNeeded: event.a >> 32),
              owner: event.pe == PE.none ? nil : UInt64(event.domain) << 32 | UInt64(event.pe),
              isFill: event.kind == .lrWrite))
        case .inject where event.level: injected.insert(UInt64(event.domain) << 32 | UInt64(event.pe))
        case .guestEnter:
          let key = UInt64(event.domain) << 32
          entered[key | UInt64(event.pe)] = event.time
          let own = injected.remove(key | UInt64(event.pe)) != nil
          let shared = injected.remove(key | UInt64(PE.none)) != nil
          if own || shared, entries.count < 64 || entries[event.domain] != nil {
            Self.add(event, 0, to: &entries[event.domain, default: []])
          }
        default: break
        }
      }
    }
  }

  private static func add(_ event: Event, _ number: UInt32, pe: UInt32? = nil, to list: inout [Signal]) {
    if list.count < limit { list.append(Signal(time: event.time, pe: pe ?? event.pe, number: number)) }
  }
}
