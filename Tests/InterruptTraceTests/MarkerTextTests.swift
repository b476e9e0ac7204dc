import InterruptTrace
import Testing

@Suite("A marker's text")
struct MarkerTextTests {
  private func text(_ length: UInt64, _ records: [Event]) -> String {
    let marker = Event(time: 0, kind: .marker, pe: PE.none, a: length << 16)
    return String(decoding: marker.markerText(in: records), as: UTF8.self)
  }

  private func record(_ a: UInt64, _ b: UInt64) -> Event {
    Event(time: 0, kind: .continuation, pe: PE.none, a: a, b: b)
  }

  @Test("The text is as long as the marker says, from as many records as it needs")
  func length() {
    let (abcd, efgh) = (UInt64(0x6463_6261_6463_6261), UInt64(0x6867_6665_6867_6665))
    #expect(text(0, []).isEmpty)
    #expect(text(3, [record(abcd, efgh)]) == "abc")
    #expect(text(16, [record(abcd, efgh), record(abcd, abcd)]) == "abcdabcdefghefgh")
    #expect(text(18, [record(abcd, efgh), record(efgh, abcd)]) == "abcdabcdefghefghef")
  }

  @Test("Of a text whose records are missing, what is there is shown")
  func missing() {
    #expect(text(40, [record(0x6161_6161_6161_6161, 0x6262_6262_6262_6262)]) == "aaaaaaaabbbbbbbb")
    #expect(text(9, []).isEmpty)
  }

  @Test("Other events between the records are none of the text")
  func others() {
    let other = Event(time: 0, kind: .highestPending, pe: 0, a: 0x2020_2020, b: 0)
    #expect(text(17, [record(0x6161_6161_6161_6161, 0x6161_6161_6161_6161), other, record(0x62, 0)]).hasSuffix("ab"))
  }
}
