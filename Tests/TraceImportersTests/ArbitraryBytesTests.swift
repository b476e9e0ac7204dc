import InterruptTrace
import Testing

@testable import TraceImporters

/// A small reproducible generator (SplitMix64).
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite("Arbitrary bytes")
struct ArbitraryBytesTests {
  private func check(_ bytes: [UInt8], piece: Int) throws {
    let result = try Imported(bytes: bytes, piece: piece)
    #expect(result.statistics.records == UInt64(bytes.count { $0 == 0x0A }))
    #expect(result.events.allSatisfy { EventLayout.of($0.kind) != nil })
  }

  @Test("Random bytes never crash and every line is counted", arguments: 0..<50)
  func randomBytes(seed: Int) throws {
    var generator = Generator(state: UInt64(seed))
    let bytes = (0..<3000).map { _ in
      generator.next() % 20 == 0 ? 0x0A : UInt8.random(in: 0...255, using: &generator)
    }
    try check(bytes, piece: 1 + seed * 37)
  }

  @Test("Real lines with random bytes changed never crash", arguments: 0..<200)
  func changedBytes(seed: Int) throws {
    var generator = Generator(state: UInt64(seed))
    var bytes = Array(excerpt.utf8)
    for _ in 0..<(1 + seed) {
      let at = Int.random(in: bytes.indices, using: &generator)
      bytes[at] = Bool.random(using: &generator) ? UInt8.random(in: 0...255, using: &generator) : bytes.randomElement()!
    }
    try check(bytes, piece: 1 + seed * 31)
  }

  @Test("Real lines in random order, cut and repeated, never crash", arguments: 0..<100)
  func shuffledLines(seed: Int) throws {
    var generator = Generator(state: UInt64(seed))
    let lines = excerpt.split(separator: "\n")
    var text = ""
    for _ in 0..<400 {
      var line = lines.randomElement(using: &generator)!
      if Int.random(in: 0..<10, using: &generator) == 0 {
        line = line.prefix(Int.random(in: 0...line.count, using: &generator))
      }
      text += line + "\n"
    }
    try check(Array(text.utf8), piece: 1 << 18)
  }

  @Test(
    "Every event with the largest and smallest numbers never crashes", arguments: [0, 1, UInt64.max, 1 << 63, 1 << 32])
  func extremeNumbers(value: UInt64) throws {
    let lines = LogEvent.all.map { event in
      // Decimal fields hold at most 19 digits.
      event.line(Array(repeating: value, count: LogLineParser.fieldLimit))
    }
    try check(Array(stamped(lines + lines.reversed()).utf8), piece: 1 << 18)
  }

  @Test("Any number of PEs is survived")
  func manyPEs() throws {
    let lines = (0..<20_000).map {
      "gicv3_redist_send_sgi GICv3 redistributor 0x\(String($0 * 7, radix: 16)) pending SGI 1"
    }
    let text = lines.map { "1@1700000000.000001:\($0)\n" }.joined()
    let result = try Imported(text, batch: 8192)
    #expect(result.events.count { $0.kind == .sgiPending } == 20_000)
    #expect(result.topology.peCount <= ProcessingElements.limit)
  }
}
