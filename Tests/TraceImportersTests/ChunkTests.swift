import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("Pieces and batches")
struct ChunkTests {
  @Test("However the input is cut into pieces, the events are the same", arguments: 1...200)
  func pieces(length: Int) throws {
    let whole = try Imported(excerpt)
    let cut = try Imported(excerpt, piece: length)
    #expect(cut.events == whole.events)
    #expect(cut.statistics.problems == whole.statistics.problems)
    #expect(cut.statistics.records == whole.statistics.records)
  }

  @Test("However large the batches are, the events are the same", arguments: [1, 2, 3, 7, 64, 1000, 100_000])
  func batches(capacity: Int) throws {
    #expect(try Imported(excerpt, batch: capacity).events == Imported(excerpt, batch: 50).events)
  }

  @Test("Every line is counted, and the excerpt's lines are what they are known to be")
  func counts() throws {
    let result = try Imported(excerpt)
    #expect(result.statistics.records == UInt64(excerpt.count { $0 == "\n" }))
    #expect(result.statistics.problems.map(\.kind) == ["malformed line"])
    #expect(result.statistics.ignored == [.init(name: "virtio_notify", count: 1)])
    #expect(result.statistics.bytesRead == UInt64(excerpt.utf8.count))
    #expect(result.statistics.damage == nil)
  }

  @Test("A capture longer than what is read ahead of the first event is read to its end")
  func longCapture() throws {
    let lines = stamped(Array(repeating: levelChange(0), count: 300).flatMap { $0 })
    let text = String(repeating: lines, count: LogSurvey.length / lines.utf8.count + 2)
    let result = try Imported(text, piece: 10_000, batch: 8192)
    #expect(result.statistics.records == UInt64(text.utf8.count { $0 == 0x0A }))
    #expect(result.events.count == Int(result.statistics.records))
  }
}
