import Foundation
import InterruptTrace
import Replay
import Testing
import TraceImporters

@testable import Analyzers

/// Exits of guests, and guests of which no entry was recorded.
@Suite("Guests' exits")
struct GuestExitTests {
  private static let folder =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces/kernel").standardized

  private func guest(_ source: any EventSource) throws -> GuestActivity {
    let analysis = Analysis()
    try ReplayEngine(source: source).run(analysis.consume)
    return try #require(analysis.results.kvm.first)
  }

  private func guest(_ name: String) throws -> GuestActivity {
    try guest(openTrace(paths: [Self.folder.appending(path: name).path]))
  }

  @Test("Every exit counts, also before the first entry and after the last")
  func everyExit() throws {
    let found = try guest("kvm-no-progress.txt")
    #expect(found.exits.map(\.count) == [3] && found.exits[0].away.count == 2 && found.exits[0].away.max == 1000)
    #expect(found.byVCPU.map(\.exits) == [3] && found.byVCPU[0].inside == 18_000)
  }

  @Test("Where nothing is injected, nothing is said of list registers")
  func noListRegisters() throws {
    #expect(try guest("kvm-no-progress.txt").listRegistersUsed.isEmpty)
  }

  @Test("A guest without a recorded entry is shown with what was recorded of it")
  func noEntries() throws {
    let found = try guest("kvm-no-entries.txt")
    #expect(!found.showsEntries && found.exits.isEmpty && found.entries == 0)
    #expect(found.lines.map(\.intid) == [78] && found.lines[0].raised == 2 && found.lines[0].lowered == 2)
    #expect(found.paths.userLines == 4)
    let delays = Dictionary(uniqueKeysWithValues: found.delays.map { ($0.stage, $0.distribution) })
    #expect(delays[.slept]?.count == 1 && delays[.slept]?.max == 1_900_000)
    #expect(delays[.polled]?.count == 1 && delays[.polled]?.max == 150_000)
    #expect(found.byVCPU.map(\.vcpu) == [0] && found.byVCPU[0].asleep == 1_900_000)
  }

  private func event(
    _ kind: EventKind, _ time: UInt64, pe: UInt32 = 0, flags: EventFlags = [], a: UInt64 = 0, b: UInt64 = 0
  ) -> Event { Event(time: time, kind: kind, flags: flags, domain: 1, pe: pe, a: a, b: b) }

  @Test("Exits by system register, as the manual calls it, and by a device's page")
  func details() throws {
    let ctr: UInt64 = 0x6232_C001
    var events = [event(.guestEnter, 0)]
    for n: UInt64 in 1...3 {
      events += [
        event(.guestExit, n * 100, a: 2 | 0x18 << 16), event(.sysregTrap, n * 100 + 1, a: ctr),
        event(.guestEnter, n * 100 + 10),
      ]
    }
    for (n, address): (UInt64, UInt64) in [(4, 0x900_0018), (5, 0x900_0000)] {
      events += [
        event(.guestExit, n * 100, a: 2 | 0x24 << 16),
        event(.mmioWrite, n * 100 + 1, flags: .absolute, a: address), event(.guestEnter, n * 100 + 10),
      ]
    }
    let found = try guest(EventArraySource(events))
    #expect(found.registers.map(\.register) == ["CTR_EL0"])
    #expect(found.registers[0].count == 3 && found.registers[0].reads == 3 && found.registers[0].away.max == 10)
    #expect(found.devices.map(\.page) == [0x900_0000] && found.devices[0].count == 2 && found.devices[0].reads == 0)
    #expect(found.devices[0].lowest == 0x900_0000 && found.devices[0].highest == 0x900_0018)
  }

  @Test(
    "A register by its encoding",
    arguments: [
      (0x6232_C001, "CTR_EL0"), (0x6224_0004, "MDSCR_EL1"), (0x623A_3016, "ICC_SGI1R_EL1"),
      (0x6237_FC1E, "S3_7_C15_C15_3"),
    ] as [(UInt64, String)])
  func names(syndrome: UInt64, name: String) {
    #expect(TrappedRegister(syndrome: syndrome)?.name == name)
  }

  @Test("Another exception class is no system register")
  func otherClass() { #expect(TrappedRegister(syndrome: 0x9200_0007) == nil) }

  @Test("Steal time is the time ready to run and not running: preempted, and between waking and running")
  func steal() throws {
    let found = try guest(
      EventArraySource([
        event(.guestEnter, 0), event(.guestExit, 100), event(.vcpuPut, 110, b: 1), event(.vcpuLoad, 150),
        event(.vcpuPut, 200), event(.vcpuWaking, 300, a: 1), event(.vcpuLoad, 330), event(.guestEnter, 340),
      ]))
    #expect(found.byVCPU[0].preempted == 40 && found.byVCPU[0].readyToRun == 30 && found.byVCPU[0].steal == 70)
  }

  @Test("A message that a worker tries again, because its translation was missing, counts once")
  func retries() {
    var paths = InjectionPaths()
    func message(_ event: UInt64, cached: Bool) {
      paths.take(self.event(.msi, 0, flags: cached ? .cachedTranslation : [], a: event | 16 << 32))
    }
    func result(_ value: Int32) { paths.take(event(.msiResult, 0, a: UInt64(UInt32(bitPattern: value)))) }
    // From the cache.
    message(1, cached: true)
    result(0)
    // Missed; a worker injects it through the ITS, which asks the cache first.
    message(2, cached: true)
    result(-11)
    message(2, cached: false)
    message(2, cached: true)
    result(-11)
    result(1)
    // User space injects: one try.
    message(3, cached: false)
    message(3, cached: true)
    result(-11)
    result(1)
    #expect(paths.cachedMessages == 3 && paths.cacheMisses == 2 && paths.translatedMessages == 2)
    #expect(paths.refusedMessages == 0)
  }
}
