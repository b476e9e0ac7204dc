import InterruptTrace
import Testing

@testable import Reports

@Suite("JSON in pieces")
struct JSONWriterTests {
  @Test(
    "A report that is written in pieces is the text of its JSON",
    arguments: BundledCapture.small + ["kvm-list-registers/gicv3-inside.txt"])
  func report(capture: String) throws {
    let report = try BundledCapture.analyse(capture)
    var bytes: [UInt8] = []
    try report.writeJSON { bytes += $0 }
    #expect(String(decoding: bytes, as: UTF8.self) == report.json.jsonText)
  }

  @Test("Lists of any length and shape are the same", arguments: [0, 1, 40, 41, 1000])
  func lists(count: Int) throws {
    for value: ValueTree in [["name": "n", "list": [1, 2]], ["count": 1], [], 7] {
      var bytes: [UInt8] = []
      var writer = JSONWriter { bytes += $0 }
      try writer.member(.init("before", ["a": [["b": 1]]]))
      try writer.list("list", count: count) { _ in value }
      try writer.end()
      let whole: ValueTree = ["before": ["a": [["b": 1]]], "list": .list(Array(repeating: value, count: count))]
      #expect(String(decoding: bytes, as: UTF8.self) == whole.jsonText)
    }
  }
}
