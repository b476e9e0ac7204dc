import Analyzers
import HypervisorModel
import InterruptTrace

/// What joins an interrupt to the list register that holds its virtual one. A flow is given out only when both of its ends
/// are certain: a physical acknowledge waits until a list register names it, an injection until one takes it.
struct PerfettoLinks {
  /// An acknowledge or an injection that a flow may lead from.
  struct Moment: BitwiseCopyable {
    var flow: UInt64
    var time: UInt64
    var event: UInt64
    var intid: UInt32
    var pe: UInt32
    var domain: UInt16

    fileprivate init(_ t: Transition, flow kind: UInt64) {
      (time, event, intid, pe, domain) = (t.time, t.event, t.intid, t.pe, t.domain)
      flow = kind | t.event
    }
  }

  /// Flows of these kinds have numbers of their own.
  private static let hardware: UInt64 = 1 << 62
  private static let injection: UInt64 = 1 << 61

  /// The last acknowledge of each physical interrupt that may be linked.
  private var acknowledged: [UInt64: Moment] = [:]
  /// Those that a list register has named, whose slice is not written yet, by their flows.
  private var named: [UInt64: Moment] = [:]
  /// Injections that no list register has taken yet.
  private var injected: [UInt64: Moment] = [:]

  private static func key(_ t: Transition, _ intid: UInt32) -> UInt64 {
    UInt64(t.domain) << 48 | UInt64(t.pe & 0xFF_FFFF) << 24 | UInt64(intid & 0xFF_FFFF)
  }

  mutating func acknowledged(_ t: Transition) {
    // LPIs have no active state and are never linked (IHI 0069H, 12.4.6).
    if !INTID.isLPI(t.intid) { acknowledged[Self.key(t, t.intid)] = Moment(t, flow: Self.hardware) }
  }

  /// Takes an injection into a guest; the one before it, if no list register took that.
  mutating func injected(_ t: Transition) -> Moment? {
    injected.updateValue(Moment(t, flow: Self.injection), forKey: Self.key(t, t.intid))
  }

  /// The flow of the physical acknowledge that a list register names when it is filled.
  mutating func filled(_ t: Transition) -> [UInt64] {
    let value = ListRegisterValue(t.listRegister)
    guard value.isHardware, let moment = acknowledged[Self.key(t, UInt32(value.physicalINTID))] else { return [] }
    named[moment.flow] = moment
    return [moment.flow]
  }

  /// The injection that a list register takes when it is filled.
  mutating func takenIn(_ t: Transition) -> Moment? { injected.removeValue(forKey: Self.key(t, t.intid)) }

  /// An injection that was taken back before a list register held it.
  mutating func withdrawn(_ t: Transition) -> Moment? { takenIn(t) }

  /// The flow from a life's acknowledge to the list registers that name it.
  mutating func handedOver(_ life: InterruptLife) -> UInt64? {
    guard life.shown.contains(.acknowledge) else { return nil }
    return named.removeValue(forKey: Self.hardware | life.acknowledgeEvent)?.flow
  }

  /// What no slice has shown, and what no list register took, in their order.
  var openAcknowledges: [Moment] { named.values.sorted { $0.flow < $1.flow } }
  var waitingInjections: [Moment] { injected.values.sorted { $0.flow < $1.flow } }
}
