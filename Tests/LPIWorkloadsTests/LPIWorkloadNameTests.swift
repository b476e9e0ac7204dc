import LPIWorkloads
import Testing

@Suite("Names of LPI workloads")
struct LPIWorkloadNameTests {
  @Test(
    "Any size can be named",
    arguments: ["stress-3x7x5/burst-9", "linux-12k/deep", "uniform-16m/churn", "contiguous-100/interleaved-burst-3"])
  func anySize(name: String) { #expect(LPIWorkload(name: name) != nil) }

  @Test(
    "What no controller has room for is no workload",
    arguments: [
      "linux-17m/deep", "stress-1x1/deep", "stress-1x1x0/deep", "stress-1x16777216x16777216/deep", "linux-1k/burst-0",
      "linux-1k", "linux-1k/", "/deep", "linux--5/deep", "stress-9999x1x1/deep", "linux-1k/deep/deep",
    ]
  )
  func noWorkload(name: String) { #expect(LPIWorkload(name: name) == nil) }
}
