import LPIStore
import LPIWorkloads

/// A store that takes part: its name, whose structure it is, and the code specialised for it.
public struct LPIContender: Sendable {
  /// The name users choose it by.
  public let name: String
  /// What it is, and who uses it.
  public let summary: String
  /// The store, for a model that is to run on it.
  public let kind: LPIStoreKind
  /// Runs traffic.
  let measureTraffic: @Sendable (LPITraffic, LPIBenchmarkOptions) -> LPIMeasurement
  /// Runs workloads of one population.
  let measure: @Sendable (LPIWorkloadInput, [LPIWorkload], LPIBenchmarkOptions, (LPIMeasurement) -> Void) -> Void

  init<Translations: TranslationStore & SendableMetatype & ~Copyable, Store: LPIStore & SendableMetatype & ~Copyable>(
    _: Translations.Type, _: Store.Type, _ summary: String
  ) {
    name = Store.name
    kind = LPIStoreKind(Store.self)
    self.summary = summary
    measureTraffic = { traffic, options in
      var bench = LPITrafficBench<Translations, Store>(traffic)
      return bench.measure(options)
    }
    measure = { input, workloads, options, report in
      let building = UInt64(max(options.secondsPerRepetition, 0.001) * 1e10)
      var bench = LPIBench<Translations, Store>(
        input.population, order: input.order, deadline: ThreadTime.now() + building,
        hasTranslations: workloads.contains { $0.kind.usesTranslations })
      for workload in workloads { report(bench.measure(workload, input, options)) }
    }
  }

  /// The one of a name.
  public static func named(_ name: String) -> LPIContender? { all.first { $0.name == name } }

  /// What a model can run on: all of these, and the store that defines what is right.
  public static let kinds = all.map(\.kind) + [LPIStoreKind(ReferenceLPIStore.self)]

  /// Their names, for a sentence.
  public static var names: String { all.map(\.name).joined(separator: ", ") }

  /// All of them, the default first. The last four only where their libraries were installed when this was built.
  public static let all: [LPIContender] = {
    var list = [
      LPIContender(PackedTranslationStore.self, PackedLPIStore.self, "the default: packed pages, a queue per PE"),
      LPIContender(
        DenseTranslationStore.self, BitmapStore.self, "flat bytemap and pending bitmaps: the GICv2-era VGIC"),
      LPIContender(KVMListTranslationStore.self, KVMListStore.self, "linked lists: KVM up to 6.8"),
      LPIContender(
        KVMXArrayTranslationStore.self, KVMXArrayStore.self,
        "64-way radix tree of objects, sorted-when-read list: KVM from 6.10; Xen's radix tree has this shape too"),
      LPIContender(
        DenseTranslationStore.self, XenStore.self, "two-level table of 8-byte records, sorted list: Xen's host side"),
      LPIContender(KVMXArrayTranslationStore.self, SortedArrayStore.self, "sorted arrays, binary search"),
      LPIContender(DictionaryTranslationStore.self, DictionaryStore.self, "Swift Dictionary, sorted arrays"),
      LPIContender(
        TreeDictionaryTranslationStore.self, TreeDictionaryStore.self,
        "swift-collections TreeDictionary, sorted arrays"),
    ]
    #if canImport(CLPIPeers)
      list += [
        LPIContender(PeerTranslationStore<Judy>.self, PeerStore<Judy>.self, "JudyL, Judy1"),
        LPIContender(
          PeerTranslationStore<Roaring>.self, PeerStore<Roaring>.self, "CRoaring bitmaps, two-level table of records"),
        LPIContender(PeerTranslationStore<Absl>.self, PeerStore<Absl>.self, "absl::flat_hash_map, absl::btree_set"),
        LPIContender(PeerTranslationStore<StandardMap>.self, PeerStore<StandardMap>.self, "std::map, std::set"),
      ]
    #endif
    return list
  }()
}
