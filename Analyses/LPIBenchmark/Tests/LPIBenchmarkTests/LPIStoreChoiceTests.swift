import LPIBenchmark
import TestSupport
import Testing

@Suite("The model on each store of the benchmark")
struct LPIStoreChoiceTests {
  @Test(
    "Every transition is the same, in the same order, whatever the store", arguments: LPIContender.kinds.map(\.name))
  func sameTransitions(store: String) throws {
    let usual = try transitions(on: nil)
    let other = try transitions(on: LPIContender.kinds.first { $0.name == store })
    #expect(usual.count > 1000)
    #expect(usual == other)
  }
}
