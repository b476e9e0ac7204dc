import Analyzers
import InterruptTrace
import Replay
import Reports

/// What runs on a CPU of a traced kernel at a moment: handlers, softirqs and IPIs that were entered and not left.
struct RunningHandlers {
  /// One of them.
  struct Frame: Equatable {
    /// Its number as the event has it: of the interrupt, the vector or the reason.
    let number: UInt32
    let kind: EventKind
    /// Number of the event that entered it.
    let event: UInt64
  }

  let domain: UInt16
  let pe: UInt32
  /// The outermost first.
  private(set) var frames: [Frame] = []
  /// Exits that have no entry yet, on the way back.
  private var left = 0
  /// What came before tells nothing more: another thread was chosen, and a thread's switch is in no handler.
  private var isComplete = false

  /// How many events before the moment are looked at.
  static let reach: UInt64 = 20_000

  private init(_ event: Event) { (domain, pe) = (event.domain, event.pe) }

  /// What runs after an event, of each CPU that had an event of its kernel within ``reach`` before it. O(``reach``).
  static func running(_ timeline: ReplayTimeline, at index: UInt64) -> [RunningHandlers] {
    var found: [UInt64: RunningHandlers] = [:]
    let records = timeline.events(index - min(index, reach - 1)..<index + 1)
    var number = index + 1
    for event in records.reversed() where event.kind != .continuation {
      number -= 1
      if event.kind == .gap { break }
      guard isOfKernel(event.kind), event.pe != PE.none else { continue }
      let key = UInt64(event.domain) << 32 | UInt64(event.pe)
      found[key, default: RunningHandlers(event)].goBack(over: event, number)
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func isOfKernel(_ kind: EventKind) -> Bool {
    switch kind {
    case .handlerEnter, .handlerExit, .softirqEnter, .softirqExit, .ipiEnter, .ipiExit, .schedSwitch: true
    default: false
    }
  }

  private mutating func goBack(over event: Event, _ number: UInt64) {
    guard !isComplete else { return }
    switch event.kind {
    case .schedSwitch: isComplete = true
    case .handlerExit, .softirqExit, .ipiExit: left += 1
    default:
      guard left == 0 else { return left -= 1 }
      // A hard interrupt runs over a softirq, and neither in one of its kind: an exit is missing.
      if frames.contains(where: { ($0.kind == .softirqEnter) == (event.kind == .softirqEnter) }) {
        isComplete = true
        return
      }
      frames.insert(Frame(number: UInt32(truncatingIfNeeded: event.a), kind: event.kind, event: number), at: 0)
    }
  }

  func json(_ names: KernelInterruptNames) -> ValueTree {
    let frames = frames.map { frame -> ValueTree in
      ["what": .text(names.title(frame, domain: domain)), "event": .number(frame.event)]
    }
    return ["domain": .number(UInt64(domain)), "pe": .number(UInt64(pe)), "running": .list(frames)]
  }
}

/// How a kernel calls its interrupts, softirqs and IPIs.
struct KernelInterruptNames: Sendable {
  private var handlers: [UInt64: String] = [:]

  init(_ activity: KernelActivity) {
    for handler in activity.handlers where !handler.names.isEmpty {
      handlers[UInt64(handler.domain) << 32 | UInt64(handler.irq)] = handler.names.joined(separator: ", ")
    }
  }

  /// `irq 24 (virtio0)`, `softirq NET_RX`, `IPI Rescheduling interrupts`.
  func title(_ frame: RunningHandlers.Frame, domain: UInt16) -> String {
    switch frame.kind {
    case .softirqEnter: "softirq \(KernelActivity.Softirq.name(ofVector: frame.number))"
    case .ipiEnter: "IPI \(IPIReason(rawValue: frame.number).name ?? String(frame.number))"
    default:
      "irq \(frame.number)" + (handlers[UInt64(domain) << 32 | UInt64(frame.number)].map { " (\($0))" } ?? "")
    }
  }
}
