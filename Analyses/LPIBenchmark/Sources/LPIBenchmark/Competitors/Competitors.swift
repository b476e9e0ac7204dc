import LPIStore

// A name per competitor. The names say whose structure it is, never that it is their code.

/// The GICv2-era VGIC, grown to LPIs.
enum BitmapName: LPIStoreName { static var name: String { "bitmap" } }
/// KVM up to 6.8.
enum KVMListName: LPIStoreName { static var name: String { "kvm-list" } }
/// KVM from 6.9 (LPIs) and 6.10 (translations).
enum KVMXArrayName: LPIStoreName { static var name: String { "kvm-xarray" } }
/// Xen's host side.
enum XenName: LPIStoreName { static var name: String { "xen-table" } }
/// Sorted arrays.
enum SortedArrayName: LPIStoreName { static var name: String { "sorted-array" } }
/// Swift's dictionary.
enum DictionaryName: LPIStoreName { static var name: String { "dictionary" } }
/// swift-collections' tree dictionary.
enum TreeDictionaryName: LPIStoreName { static var name: String { "tree-dictionary" } }

typealias BitmapStore = ComposedLPIStore<BitmapName, FlatTable, BitmapOrder>
typealias KVMListStore = KVMStore<KVMListName, KVMListIndex>
typealias KVMXArrayStore = KVMStore<KVMXArrayName, KVMXArrayIndex>
typealias XenStore = ComposedLPIStore<XenName, TwoLevelTable, InflightList>
typealias SortedArrayStore = ComposedLPIStore<SortedArrayName, SortedArrayTable, SortedArrayOrder>
typealias DictionaryStore = ComposedLPIStore<DictionaryName, DictionaryTable, SortedArrayOrder>
typealias TreeDictionaryStore = ComposedLPIStore<TreeDictionaryName, TreeDictionaryTable, SortedArrayOrder>

typealias DenseTranslationStore = TableTranslationStore<BitmapName, DenseTranslations>
typealias KVMListTranslationStore = TableTranslationStore<KVMListName, ListTranslations>
typealias KVMXArrayTranslationStore = TableTranslationStore<KVMXArrayName, XArrayTranslations>
typealias DictionaryTranslationStore = TableTranslationStore<DictionaryName, DictionaryTranslations>
typealias TreeDictionaryTranslationStore = TableTranslationStore<TreeDictionaryName, TreeDictionaryTranslations>
