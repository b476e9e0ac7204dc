import LPIStore
import LPIWorkloads
import Testing

@testable import LPIBenchmark

@Suite("The LPI benchmark's deadline")
struct LPIBenchDeadlineTests {
  private typealias Bench = LPIBench<PackedTranslationStore, ReferenceLPIStore>

  private func outcome(deadline: UInt64) -> Bench.Outcome {
    let population = LPIPopulation(count: 200, allocation: .contiguous, peCount: 2, seed: 1)
    let order = population.lpis.indices.map { UInt32($0) }
    var bench = Bench(population, order: order, deadline: .max, hasTranslations: false)
    return bench.churn(deadline: deadline)
  }

  @Test("A loop that stops at the deadline says so, however few its operations were")
  func late() {
    let late = outcome(deadline: 0)
    #expect(late.isPartial)
    #expect(late.operations < 200)
  }

  @Test("A loop that comes to its end is whole")
  func inTime() {
    let whole = outcome(deadline: .max)
    #expect(!whole.isPartial)
    #expect(whole.operations == 200)
    #expect(whole.check == 200)
  }
}
