import FuzzTargets
import TestSupport
import Testing

@Suite("Arbitrary inputs of the fuzz targets")
struct ArbitraryEventTests {
  /// Bytes of a seed: the same on every machine.
  private func bytes(_ seed: UInt64, count: Int) -> [UInt8] {
    var random = SplitMix(seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() >> 24) }
  }

  @Test("The invariants of the model hold after each of any events", arguments: 0..<100 as Range<UInt64>)
  func invariants(seed: UInt64) throws { try FuzzTarget.model.run(bytes(seed, count: 5000)) }

  @Test("Any events are analysed and reported, however they are cut into batches", arguments: 0..<8 as Range<UInt64>)
  func analysis(seed: UInt64) throws { try FuzzTarget.analysis.run(bytes(seed, count: 2000)) }
}
