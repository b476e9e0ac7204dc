import LPIWorkloads
import Testing

@testable import LPIBenchmark

@Suite("The workloads of the LPI benchmark")
struct StandardWorkloadTests {
  @Test("Every usual workload is found by its name")
  func usual() {
    for workload in LPIWorkload.standard(isQuick: false) { #expect(LPIWorkload(name: workload.name) == workload) }
  }
}
