import InterruptTrace
import Testing

@testable import TraceImporters

@Suite("QEMU trace events")
struct LogEventTests {
  @Test("Every event's line is recognised and its fields are read in order", arguments: LogEvent.all.indices)
  func everyEventParses(number: Int) throws {
    let event = LogEvent.all[number]
    let values = (0..<UInt64(LogLineParser.fieldLimit)).map { 1 + $0 % 2 }
    let line = "100@1700000000.100000:" + event.line(values) + "\n"
    var bytes = Array(line.utf8)
    bytes += [UInt8](repeating: 0, count: Digits.padding)
    bytes.withUnsafeBytes { raw in
      var parser = LogLineParser()
      var at = raw.baseAddress!
      guard case .event(let found) = parser.parse(&at) else {
        Issue.record("not recognised: \(line)")
        return
      }
      #expect(found == number)
      #expect(at - raw.baseAddress! == line.utf8.count)
      var template = event.text[...]
      for field in 0..<event.fieldCount {
        let brace = template.firstIndex(of: "{")!
        if template[template.index(after: brace)] != "w" { #expect(parser.values[field] == values[field]) }
        template = template[template.index(brace, offsetBy: 3)...]
      }
    }
  }

  @Test("Names are unique and there are as many as in QEMU 10.0")
  func namesAreUnique() {
    #expect(Set(LogEvent.all.map(\.name)).count == LogEvent.all.count)
    #expect(LogEvent.all.count == 123)
  }
}
