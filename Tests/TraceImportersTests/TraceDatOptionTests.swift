import InterruptTrace
import Testing

@testable import TraceImporters

/// What trace-cmd notes of a host and its guests that it recorded together (`trace-cmd record -A`).
@Suite("Options of trace.dat")
struct TraceDatOptionTests {
  /// As trace-cmd 3.1.6 wrote it: two vCPUs, one measurement of each; time, offset and scale.
  private static let timeShift: [UInt8] = [
    0x37, 0x6E, 0x50, 0x42, 0x6D, 0x8D, 0x9A, 0x66, 1, 0, 0, 0, 2, 0, 0, 0,
    1, 0, 0, 0, 0xD0, 0x47, 0x74, 0x54, 0x1F, 0, 0, 0, 0x10, 0x21, 0x99, 0xA1, 0x1F, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    1, 0, 0, 0, 0xC0, 0x97, 0xA7, 0xE0, 0x23, 0, 0, 0, 0x10, 0x9D, 0x95, 0xA1, 0x1F, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ]

  private func topology(_ option: [UInt8], _ id: UInt16) throws -> Topology {
    var file = DatBuilder(version: 7)
    file.options = [(id, option)]
    return try Imported(dat: file.bytes).topology
  }

  @Test("A guest's file says by how much its times differ from its host's")
  func timeShift() throws {
    #expect(try topology(Self.timeShift, 12)[.timeShift] == 1_235_366_781_200)
    for length in 0..<60 { #expect(try topology(Array(Self.timeShift[..<length]), 12)[.timeShift] == nil) }
    // More vCPUs, or measurements, than there are bytes.
    for place in [12, 16] {
      var option = Self.timeShift
      option.replaceSubrange(place..<place + 4, with: [0xFF, 0xFF, 0xFF, 0x7F])
      #expect(try topology(option, 12)[.timeShift] == nil)
    }
  }

  @Test("The difference that a guest's file gives is where the search for the right one begins")
  func merged() throws {
    let host = [Event(time: 10_000_000_000, kind: .guestEnter, domain: 1, pe: 0)]
    var file = DatBuilder(version: 7)
    file.options = [(12, Self.timeShift)]
    let guest = try file.bytes.withUnsafeBytes { try CaptureSignals(TraceDatSource(bytes: $0)) }
    let clock = try #require(ClockOffset.find(CaptureSignals(ListSource(host)), guest, guest: 1))
    #expect(clock.offset == 1_235_366_781_200 && clock.bound == nil)
  }

  /// The guest's name, its recording's identifier, and of each vCPU the number and the thread.
  private func guest(_ threads: [(vcpu: UInt8, thread: UInt16)]) -> [UInt8] {
    let numbers = threads.flatMap { vcpu, thread in
      [vcpu, 0, 0, 0, UInt8(thread & 0xFF), UInt8(thread >> 8), 0, 0]
    }
    return Array("vm\0".utf8) + [UInt8](repeating: 7, count: 8) + [UInt8(threads.count), 0, 0, 0] + numbers
  }

  @Test("A host's file says which threads run which vCPUs of its guests")
  func guests() throws {
    func vcpus(_ option: [UInt8]) throws -> [UInt32] {
      var file = DatBuilder(version: 7)
      file.threadNames = "265 vmm\n266 vmm\n"
      file.options = [(13, option)]
      file.cpus = [
        [file.page(1000, file.record(0, file.entry(265, pc: 0x40)) + file.record(500, file.entry(266, pc: 0x80)))]
      ]
      return try Imported(dat: file.bytes).events.filter { $0.kind == .guestEnter }.map(\.pe)
    }
    #expect(try vcpus(guest([(1, 265), (0, 266)])) == [1, 0])
    // By the order of the threads, where nothing says more: a guest that was not running, and a damaged option.
    #expect(try vcpus(guest([])) == [0, 1])
    #expect(try vcpus(Array(guest([(1, 265), (0, 266)])[..<14])) == [0, 1])
  }
}
