/// What the followers of all guests keep in tables of their own kind together, so that they have limits in common, however
/// many guests and vCPUs a capture has.
///
/// Used by one thread, as ``KVMAnalyzer`` is.
final class GuestTables {
  /// An injection that no entry has loaded.
  struct Waiting: BitwiseCopyable {
    var time: UInt64 = 0
    /// Time that its vCPU had been preempted, and entries of its vCPU, till then.
    var preempted: UInt64 = 0
    var entries: UInt64 = 0
  }

  /// An injection that an entry has loaded, for the guest's handler.
  struct Loaded: BitwiseCopyable {
    var injected: UInt64 = 0
    var loaded: UInt64 = 0
  }

  @exclusivity(unchecked) var waiting: LiveTable<Waiting>
  @exclusivity(unchecked) var loaded: LiveTable<Loaded>
  /// vCPUs that there is room for.
  @exclusivity(unchecked) private var vcpus = 1 << 15
  /// Events of vCPUs that found no room.
  @exclusivity(unchecked) private(set) var unkept: UInt64 = 0

  init(_ limits: AnalysisLimits) {
    waiting = LiveTable(Waiting(), limit: limits.pending)
    loaded = LiveTable(Loaded(), limit: limits.pending)
  }

  /// The key of an interrupt of a vCPU, of which there are 4,096. What differs most stands lowest: a table's hash spreads the
  /// low bits best.
  static func key(_ domain: UInt16, _ vcpu: Int, _ intid: UInt32) -> UInt64 {
    UInt64(intid) << 28 | UInt64(vcpu) << 16 | UInt64(domain)
  }

  /// What was not followed.
  var unfollowed: UInt64 { waiting.unkept + unkept }

  /// Whether there is room for more vCPUs, which is taken then.
  func take(vcpus count: Int) -> Bool {
    guard count <= vcpus else {
      unkept += 1
      return false
    }
    vcpus -= count
    return true
  }
}
