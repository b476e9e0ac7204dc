import InterruptTrace

/// An IPI that was sent to a CPU, which has not taken it.
struct PendingIPI {
  /// Number of the event that sent it.
  var event: UInt64
  /// The CPU that sent it.
  var sender: UInt32
  /// Number of the host's event that the sender had before it.
  var senderBefore: UInt64
}

/// IPIs of a host that are sent and not taken. A CPU that enters a guest masks interrupts before it fills the list
/// registers, and turns back if it was asked to before they were filled; so an IPI that is pending at the entry was sent
/// after that, and what led to it is not in the registers.
struct PendingIPIs {
  /// By CPU and reason.
  private var pending: [UInt64: PendingIPI] = [:]
  /// The last event of the host, by CPU.
  private var last: [UInt64] = []
  private static let reasons: UInt64 = 16
  private static let limit = 1 << 16

  /// Writes or reads them.
  mutating func archive(_ archive: inout StateArchive) {
    archive.dictionary(&pending)
    archive.array(&last)
  }

  private static func key(_ cpu: UInt32, _ reason: UInt64) -> UInt64 { UInt64(cpu) * reasons + reason % reasons }

  /// Takes in an event of the host.
  @inline(__always) mutating func take(_ event: Event, number: UInt64) {
    guard event.pe < Self.limit else { return }
    // Of one without a reason it is not to be seen whether it was taken.
    if event.kind == .ipiSend, event.a & 0xFFFF_FFFF != 0 {
      send(event, number)
    } else if event.kind == .ipiEnter {
      pending[Self.key(event.pe, event.a & 0xFFFF_FFFF)] = nil
    }
    while last.count <= Int(event.pe) { last.append(0) }
    last[Int(event.pe)] = number
  }

  private mutating func send(_ event: Event, _ number: UInt64) {
    let before = Int(event.pe) < last.count ? last[Int(event.pe)] : 0
    for cpu in event.ipiTargets {
      let key = Self.key(cpu, event.a & 0xFFFF_FFFF)
      if pending[key] == nil, pending.count < Self.limit {
        pending[key] = PendingIPI(event: number, sender: event.pe, senderBefore: before)
      }
    }
  }

  /// The first that the CPU, which enters a guest, has not taken. It takes all of them when it leaves its guest.
  mutating func takeFirst(to cpu: UInt32) -> PendingIPI? {
    guard !pending.isEmpty else { return nil }
    var first: PendingIPI?
    for reason in 0..<Self.reasons {
      guard let found = pending.removeValue(forKey: Self.key(cpu, reason)) else { continue }
      if found.event < first?.event ?? .max { first = found }
    }
    return first
  }
}
