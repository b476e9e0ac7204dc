import InterruptTrace
import Testing

@testable import HypervisorModel

@Suite("Room for guests")
struct GuestRoomTests {
  @Test("vCPUs that find no room are not followed, whatever their numbers are")
  func vcpus() {
    let rig = KVMRig()
    for domain: UInt16 in 1...20 { rig.send(.guestEnter, vcpu: 4095, domain: domain) }
    #expect(rig.model.summaries.map(\.domain) == Array(1...8))
    rig.send(.guestEnter, vcpu: 4095, domain: 3)
    #expect(rig.model.summaries.map(\.entries) == [1, 1, 2, 1, 1, 1, 1, 1])
    rig.send(.guestEnter, vcpu: 4095, domain: 9)
    #expect(rig.model.copy().summaries.count == 8)
  }

  @Test("Of a guest with an interrupt that finds no room, no entry is decided")
  func interrupts() throws {
    let guest = Guest(
      domain: 1, topology: Topology(), options: HypervisorOptions(), activity: CPUActivity(),
      room: GuestRoom(vcpus: 2, interrupts: 1))
    #expect(guest.holds(1) && !guest.holds(2))
    guest.vcpus[0].isListKnown = true
    #expect(guest.place(40, vcpu: 0) == 0 && guest.place(40, vcpu: 0) == 0)
    #expect(guest.doubts(0, ListRegisterOutcome(), isTold: false, event: 1).union.contains(.start) == false)
    #expect(guest.place(41, vcpu: 0) == nil)
    #expect(guest.doubts(0, ListRegisterOutcome(), isTold: false, event: 2).union.contains(.start))
  }
}
