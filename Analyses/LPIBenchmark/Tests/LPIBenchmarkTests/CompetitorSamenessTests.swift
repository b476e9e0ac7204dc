import TestSupport
import Testing

@testable import LPIBenchmark

/// A competitor may be slower, never different.
@Suite struct CompetitorSamenessTests {
  @Test(arguments: LPIShape.all)
  func bitmap(_ shape: LPIShape) {
    expectSameness(BitmapStore.self, shape: shape, seed: 3, operations: operationsPerRun / 20)
  }

  @Test(arguments: LPIShape.all)
  func kvmList(_ shape: LPIShape) {
    expectSameness(KVMListStore.self, shape: shape, seed: 4, operations: operationsPerRun / 20)
  }

  @Test(arguments: LPIShape.all)
  func kvmXArray(_ shape: LPIShape) {
    expectSameness(KVMXArrayStore.self, shape: shape, seed: 5, operations: operationsPerRun / 4)
  }

  @Test(arguments: LPIShape.all)
  func xenTable(_ shape: LPIShape) {
    expectSameness(XenStore.self, shape: shape, seed: 6, operations: operationsPerRun / 8)
  }

  @Test(arguments: LPIShape.all)
  func sortedArray(_ shape: LPIShape) {
    expectSameness(SortedArrayStore.self, shape: shape, seed: 7, operations: operationsPerRun / 8)
  }

  @Test(arguments: LPIShape.all)
  func dictionary(_ shape: LPIShape) {
    expectSameness(DictionaryStore.self, shape: shape, seed: 8, operations: operationsPerRun / 8)
  }

  @Test(arguments: LPIShape.all)
  func treeDictionary(_ shape: LPIShape) {
    expectSameness(TreeDictionaryStore.self, shape: shape, seed: 9, operations: operationsPerRun / 8)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func translations(_ seed: UInt64) {
    let operations = operationsPerRun / 12
    expectSameTranslations(DenseTranslationStore.self, seed: seed, operations: operations)
    expectSameTranslations(KVMListTranslationStore.self, seed: seed, operations: operations)
    expectSameTranslations(KVMXArrayTranslationStore.self, seed: seed, operations: operations)
    expectSameTranslations(DictionaryTranslationStore.self, seed: seed, operations: operations)
    expectSameTranslations(TreeDictionaryTranslationStore.self, seed: seed, operations: operations)
  }

  #if canImport(CLPIPeers)
    @Test(arguments: LPIShape.all)
    func libraries(_ shape: LPIShape) {
      expectSameness(PeerStore<Judy>.self, shape: shape, seed: 10, operations: operationsPerRun / 8)
      expectSameness(PeerStore<Roaring>.self, shape: shape, seed: 11, operations: operationsPerRun / 30)
      expectSameness(PeerStore<Absl>.self, shape: shape, seed: 12, operations: operationsPerRun / 8)
      expectSameness(PeerStore<StandardMap>.self, shape: shape, seed: 13, operations: operationsPerRun / 8)
    }
  #endif
}
