import InterruptTrace
import Replay

/// Follows guests through a hypervisor's own tracing: why they leave, how long interrupts take to get in.
///
/// Used by one thread, and no access to a property lasts while another starts, so that this is not checked at run time.
final class KVMAnalyzer {
  @exclusivity(unchecked) private var guests: [GuestFollower] = []
  @exclusivity(unchecked) private var vcpuOnCPU = LiveTable(VCPU())
  /// Places of the guests' transitions in a batch.
  @exclusivity(unchecked) private var order: [Int] = []
  private static let guestLimit = 4096
  /// The lives of guests' interrupts; nil if nobody wants them.
  @exclusivity(unchecked) private var lives: GuestLives?

  private let tables: GuestTables

  /// One of a guest, by its place among the guests.
  struct VCPU: BitwiseCopyable {
    var guest = 0
    var vcpu = 0
  }

  init(lives: consuming GuestLives? = nil, limits: AnalysisLimits = AnalysisLimits()) {
    self.lives = lives
    tables = GuestTables(limits)
  }

  /// Takes in a batch; a capture without guests costs nothing.
  func consume(_ batch: ReplayBatch) {
    lives?.begin()
    guard batch.hasGuests || !guests.isEmpty else { return }
    var next = 0
    let transitions = batch.transitions
    // The model of the guests appends behind the controller's: theirs are looked for by event.
    order.removeAll(keepingCapacity: true)
    for place in transitions.indices where transitions[place].domain != 0 { order.append(place) }
    var numbers = EventNumbering(firstIndex: batch.firstIndex)
    for event in batch.events {
      let number = numbers.take(event)
      while next < order.count, transitions[order[next]].event < number { next += 1 }
      let first = next
      while next < order.count, transitions[order[next]].event == number { next += 1 }
      guard batch.isReported else { continue }
      for place in order[first..<next] { take(transitions[place]) }
      take(event, number)
    }
  }

  /// Times that a guest's interrupt was not followed.
  var unfollowed: UInt64 { tables.unfollowed }

  /// What was found so far.
  var activity: [GuestActivity] { guests.filter(\.isShown).map(\.activity) }

  private func guest(_ domain: UInt16) -> GuestFollower? {
    let domain = domain == Domain.unknownGuest && guests.count == 1 ? 1 : domain
    guard domain > 0, Int(domain) <= Self.guestLimit else { return nil }
    while guests.count < Int(domain) { guests.append(GuestFollower(domain: UInt16(guests.count + 1), tables)) }
    return guests[Int(domain) - 1]
  }

  /// Gives the lives that the last batch closed to whoever wants them.
  func handOutLives(to consumer: LifeConsumer) throws {
    if let count = lives?.lives.count, count > 0 { try lives?.handOut(to: consumer) }
  }

  /// Closes the lives that the capture leaves open.
  func closeAll() { lives?.closeAll() }

  private func take(_ transition: Transition) {
    guard let guest = guest(transition.domain) else { return }
    guest.take(transition)
    lives?.take(transition)
  }

  private func take(_ event: Event, _ number: UInt64) {
    if event.kind == .gap { lives?.gap(at: event.time) }
    if event.domain == Domain.physical {
      if event.kind == .handlerEnter, let on = vcpuOnCPU.find(UInt64(event.pe))?.pointee {
        guests[on.guest].noteHandler(on.vcpu)
      }
      return
    }
    guard let guest = guest(event.domain) else { return }
    guest.take(event)
    if event.kind == .guestEnter {
      lives?.entered(domain: guest.domain, vcpu: event.pe, time: event.time, event: number)
      vcpuOnCPU.insert(UInt64(event.cpu)).pointee = VCPU(guest: Int(guest.domain) - 1, vcpu: Int(event.pe))
    } else if event.kind == .guestExit {
      lives?.left(domain: guest.domain, vcpu: event.pe, time: event.time, event: number)
      vcpuOnCPU.remove(UInt64(event.cpu))
    }
  }
}
