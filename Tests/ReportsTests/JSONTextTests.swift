import Foundation
import Testing

@testable import Reports

@Suite("Text in JSON")
struct JSONTextTests {
  private func written(_ text: String) -> String {
    var out = ByteBuffer()
    out.appendJSON(text)
    return String(decoding: out.bytes, as: UTF8.self)
  }

  @Test("Quotes, backslashes and control characters are escaped, at either end and in between")
  func escapes() {
    #expect(written("") == "\"\"")
    #expect(written("plain µs – text") == "\"plain µs – text\"")
    #expect(written("\"a\\b\"") == #""\"a\\b\"""#)
    #expect(written("a\nb\tc\rd") == #""a\nb\tc\rd""#)
    #expect(written("\u{0}\u{1f}\u{1b}x") == #""\u0000\u001f\u001bx""#)
  }

  @Test("What is written reads back as it was")
  func readsBack() throws {
    let text = String(String.UnicodeScalarView((0..<0x180).compactMap(UnicodeScalar.init)))
    let back = try JSONDecoder().decode([String].self, from: Data("[\(written(text))]".utf8))
    #expect(back == [text])
  }
}
