import GICModel
import InterruptTrace

/// Any events through the controller's model: its invariants hold after each of them, and a copy made on the way goes on
/// as the original does.
func fuzzModel(_ bytes: [UInt8]) throws {
  let arbitrary = ArbitraryEvents(bytes)
  var controller = Controller(topology: arbitrary.topology)
  var buffer = TransitionBuffer()
  var (at, number) = (0, UInt64(0))
  while at < arbitrary.events.count {
    var end = at + 1
    while end < arbitrary.events.count, arbitrary.events[end].kind == .continuation { end += 1 }
    buffer.removeAll()
    arbitrary.events[at..<end].withUnsafeBufferPointer { controller.apply($0, firstIndex: number, into: &buffer) }
    if let broken = controller.checkInvariants(), !isSoftwares(broken) {
      throw FuzzFailure("event \(number), \(arbitrary.events[at]): \(broken)")
    }
    (at, number) = (end, number + 1)
  }
  _ = controller.state()
}

/// An INTID in two list registers is a fault of the hypervisor, not of the model.
private func isSoftwares(_ broken: String) -> Bool { broken.contains("is in list registers") }
