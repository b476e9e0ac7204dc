import TestSupport
import Testing

@testable import LPIStore

/// Every store gives the reference's answers, and acknowledges in its order.
@Suite struct LPISamenessTests {
  @Test(arguments: LPIShape.all, [1, 2] as [UInt64])
  func packedStoreAnswersAsTheReference(_ shape: LPIShape, _ seed: UInt64) {
    expectSameness(PackedLPIStore.self, shape: shape, seed: seed)
  }
}
