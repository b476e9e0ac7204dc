import Foundation
import InterruptTrace
import Testing

/// The Wireshark dissector knows the events as ``EventLayout`` describes them. `UPDATE_GOLDEN=1` writes its table anew.
@Suite("Wireshark dissector")
struct DissectorTests {
  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Analyses/gicscope.lua").standardized

  @Test("Its table of kinds is that of EventLayout")
  func table() throws {
    var text = try String(contentsOf: Self.file, encoding: .utf8)
    let begin = try #require(text.range(of: "-- BEGIN kinds\n"))
    let end = try #require(text.range(of: "-- END kinds"))
    let table = EventLayout.all.map(Self.row).joined()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      text.replaceSubrange(begin.upperBound..<end.lowerBound, with: table)
      try text.write(to: Self.file, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(text[begin.upperBound..<end.lowerBound]) == table)
  }

  private static func row(_ layout: EventLayout) -> String {
    let fields = layout.fields.map { field in
      ", { \"\(field.name)\", \"\(field.word)\", \(field.low), \(field.width), \"\(field.style)\" }"
    }
    return "  [\(layout.kind.rawValue)] = { \"\(layout.name)\"\(fields.joined()) },\n"
  }
}
