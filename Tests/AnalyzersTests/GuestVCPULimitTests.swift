import InterruptTrace
import Replay
import Testing

@testable import Analyzers

/// Numbers of vCPUs come from a capture.
@Suite struct GuestVCPULimitTests {
  @Test(arguments: [4095, 4096, 5000, PE.none])
  func `A handler after the entry of a vCPU of any number ends nothing`(vcpu: UInt32) throws {
    let events = [
      Event(time: 1, kind: .guestEnter, domain: 1, pe: vcpu, a: 3 << 32, b: 0x1000),
      Event(time: 2, kind: .handlerEnter, pe: 3, a: 13),
      Event(time: 3, kind: .guestExit, domain: 1, pe: vcpu, a: 3 << 32, b: 0x1000),
    ]
    let analysis = Analysis()
    try ReplayEngine(source: EventArraySource(events)).run(analysis.consume)
    #expect(analysis.results.kvm.count <= 1)
  }
}
