import InterruptTrace
import Testing

@testable import Reports

@Suite("Units")
struct UnitTests {
  @Test(
    "A duration has three digits and the unit a person would use",
    arguments: [
      (UInt64(0), "0 ns"), (999, "999 ns"), (1000, "1.00 µs"), (9994, "9.99 µs"), (12_340, "12.3 µs"),
      (999_499, "999 µs"), (999_500, "1.00 ms"), (1_500_000, "1.50 ms"), (45_600_000, "45.6 ms"),
      (2_000_000_000, "2.00 s"), (59_940_000_000, "59.9 s"), (59_960_000_000, "1 min 00 s"),
      (200_000_000_000, "3 min 20 s"), (7_500_000_000_000, "2 h 05 min"), (UInt64.max, "5124095 h 34 min"),
    ]
  )
  func durations(nanoseconds: UInt64, text: String) { #expect(Units.duration(nanoseconds) == text) }

  @Test("Counts have separators", arguments: [(UInt64(7), "7"), (1000, "1,000"), (1_234_567, "1,234,567")])
  func counts(value: UInt64, text: String) { #expect(Units.count(value) == text) }

  @Test("A share that is not nothing does not print as nothing")
  func percents() {
    #expect(Units.percent(0, of: 5) == "0.0 %")
    #expect(Units.percent(1, of: 100_000) == "<0.1 %")
    #expect(Units.percent(1, of: 3) == "33.3 %")
    #expect(Units.percent(1, of: 0) == "–")
  }

  @Test("Moments show every nanosecond")
  func moments() { #expect(Units.moment(1_234_567_890) == "1.234 567 890 s") }

  @Test("Bytes and rates are scaled by thousands")
  func scaled() {
    #expect(Units.bytes(999) == "999 B")
    #expect(Units.bytes(731_000_000) == "731 MB")
    #expect(Units.rate(4_710_000) == "4.71 M/s")
    #expect(Units.rate(12.34) == "12.3/s")
  }
}

@Suite("Tables and pictures")
struct TableTests {
  @Test("Columns align, and nothing trails")
  func table() {
    var table = TextTable([("name", .left), ("count", .right), ("note", .left)])
    table.add(["a", "1,000", "x"])
    table.add(["long name", "7"])
    #expect(
      table.render(TextStyle(isColoured: false)) == """
          name       count  note
          a          1,000  x
          long name      7

        """
    )
  }

  @Test("A column that is empty in every row is left out")
  func emptyColumn() {
    var table = TextTable([("a", .left), ("b", .right), ("c", .left)])
    table.add(["1", "", "2"])
    #expect(table.render(TextStyle(isColoured: false), indent: 0) == "a  c\n1  2\n")
  }

  @Test("A table without rows is nothing, not even its header")
  func noRows() {
    #expect(TextTable([("a", .left), ("b", .right)]).render(TextStyle(isColoured: false)) == "")
  }

  @Test("Colour does not count as width")
  func colour() {
    var table = TextTable([("", .left), ("", .right)])
    table.add([.init("a", .bad), "1"])
    table.add(["bb", "22"])
    #expect(table.render(TextStyle(isColoured: true), indent: 0) == "\u{1B}[31ma\u{1B}[0m    1\nbb  22\n")
  }

  @Test("Bars show every value that is not zero")
  func bars() {
    #expect(Sparkline.bars([0, 1, 50, 100]) == " ▁▄█")
    #expect(Sparkline.bars([0, 0]) == "  ")
  }

  @Test("A logarithmic axis gives each octave the same width")
  func axis() {
    let axis = Sparkline.Axis(low: 1, high: 256, columns: 8)
    #expect([0, 1, 2, 4, 128, 256, 1000].map(axis.column) == [0, 0, 1, 2, 7, 7, 7])
    #expect(Sparkline.Axis(low: 5, high: 5).column(of: 5) == 0)
    #expect(Sparkline.Axis(low: 0, high: 0).column(of: 0) == 0)
  }

  @Test("Folding keeps the sum")
  func fold() {
    #expect(Sparkline.fold([1, 2, 3, 4, 5, 6], columns: 3) == [3, 7, 11])
    #expect(Sparkline.fold([1, 2, 3, 4, 5, 6, 7], columns: 3).reduce(0, +) == 28)
    #expect(Sparkline.fold([1, 2], columns: 3) == [1, 2])
  }
}

@Suite("JSON")
struct JSONTests {
  @Test("Keys keep their order, 64 bits are exact, text is escaped")
  func compact() {
    let value: ValueTree = [
      "z": .number(.max), "a": ["x\"\\\n\u{1}é", true, .unknown, .fraction(0.5)], "m": .object([]), "n": [],
    ]
    #expect(
      value.compactJSON == #"{"z":18446744073709551615,"a":["x\"\\\n\u0001é",true,null,0.5],"m":{},"n":[]}"#
    )
  }

  @Test("What fits a line stands on one, the rest is indented")
  func layout() {
    let value: ValueTree = ["a": ["b": 1, "c": 2], "list": [["x": 1], ["x": 2]]]
    #expect(
      value.jsonText == """
        {
          "a": {"b": 1, "c": 2},
          "list": [
            {"x": 1},
            {"x": 2}
          ]
        }

        """
    )
  }

  @Test("Fractions that JSON has no form for become null")
  func infinity() { #expect(ValueTree.fraction(.infinity).compactJSON == "null") }
}
