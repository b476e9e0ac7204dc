import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Line prefixes and times")
struct LinePrefixTests {
  private let event = "gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 1\n"

  private func times(_ prefixes: String...) throws -> [UInt64] {
    try Imported(prefixes.map { $0 + event }.joined()).events.map(\.time)
  }

  @Test("Thread and Unix time: nanoseconds since the first stamp")
  func threadAndTime() throws {
    let text = "1@1795335395.999999:\(event)1@1795335396.000001:\(event)22@1795335400.500000:\(event)"
    let result = try Imported(text)
    #expect(result.events.map(\.time) == [0, 2000, 4_500_001_000])
    #expect(result.topology[.epoch] == 1_795_335_395_999_999_000)
  }

  @Test("Thread ids of any length", arguments: ["1", "1234567", "12345678", "4294967295", "18446744073709551"])
  func threadLengths(thread: String) throws {
    #expect(try times("\(thread)@1795335395.000000:", "\(thread)@1795335395.000007:") == [0, 7000])
  }

  @Test("Date and time of later versions, with a space behind")
  func dateAndTime() throws {
    let result = try Imported(
      "2026-01-22T10:11:12.345678Z \(event)2026-01-22T10:11:12.345680Z \(event)2026-01-23T00:00:00.000000Z \(event)")
    #expect(result.events.map(\.time) == [0, 2000, 49_727_654_322_000])
    #expect(result.topology[.epoch] == 1_769_076_672_345_678_000)
    #expect(result.topology[.profile] == .qemu10)
  }

  @Test("On a whole second the date has no fraction")
  func wholeSecond() throws {
    let times = try times(
      "2026-01-22T10:11:11.999999Z ", "2026-01-22T10:11:12Z ", "2026-01-22T10:11:12Z ", "2026-01-22T10:11:12.000003Z ",
      "2026-01-22T10:11:13Z ")
    #expect(times == [0, 1000, 1000, 4000, 1_000_001_000])
    let first = try Imported("2026-01-22T10:11:12Z \(event)2026-01-22T10:11:12.000001Z \(event)")
    #expect(first.events.map(\.time) == [0, 1000])
    #expect(first.topology[.epoch] == 1_769_076_672_000_000_000)
    #expect(first.topology[.profile] == .qemu10)
  }

  @Test("Leap days count")
  func leapDay() throws {
    let result = try Imported("2024-02-29T00:00:00.000000Z \(event)2024-03-01T00:00:00.000000Z \(event)")
    #expect(result.topology[.epoch] == 1_709_164_800_000_000_000)
    #expect(result.events[1].time == 86_400_000_000_000)
  }

  @Test("Without a stamp the line number stands for nanoseconds, and that is said once")
  func noStamp() throws {
    let result = try Imported(event + event + event)
    #expect(result.events.map(\.time) == [0, 1, 2])
    #expect(result.topology[.epoch] == nil)
    #expect(result.statistics.problems.map(\.count) == [1])
    #expect(result.statistics.problems[0].kind.hasPrefix("no time stamps"))
  }

  @Test("A stamp before the first one does not wrap")
  func stampBeforeEpoch() throws {
    #expect(try times("1@1795335395.000005:", "1@1795335395.000003:", "1@1795335394.000000:") == [0, 0, 0])
  }

  @Test("File order is kept, whatever the stamps say")
  func orderIsFileOrder() throws {
    let text = "1@1795335395.000009:" + event + "1@1795335395.000020:" + event + "1@1795335395.000015:" + event
    #expect(try Imported(text).events.map(\.time) == [0, 11_000, 6000])
  }

  @Test(
    "What only looks like a prefix is text",
    arguments: [
      "1@17953353950.000000:", "1@1795335395.00000:", "1@1795335395.000000;", "x1@1795335395.000000:", "1@",
      "2026-13-22T10:11:12.345678Z ", "2026-01-22 10:11:12.345678Z ", "2026-01-22T10:11:12.34567Z ",
      "2026-01-22T10:11:12Y ", "2026-01-22T10:11:12Z",
      "2026-01-22T10:11:1Z ", "2026-01-22T10:11:12.Z ", "@1.0:",
    ]
  )
  func notAPrefix(prefix: String) throws {
    let result = try Imported(prefix + event)
    #expect(result.events.isEmpty)
    #expect(result.statistics.skipped == 1)
    #expect(result.statistics.records == 1)
  }

  @Test("Carriage returns before line feeds are allowed")
  func carriageReturns() throws {
    let line = "1@1795335395.000000:" + event.dropLast() + "\r\n"
    #expect(try Imported(line + line).events.count == 2)
  }
}
