import InterruptTrace
import Replay

/// Follows the physical controller's interrupts up to a moment, to say why one was delivered then or was not. Of guests'
/// interrupts, ``GuestLadder`` does.
///
/// ```swift
/// let follower = InterruptFollower()
/// try engine.run(until: .event(5000), follower.consume)
/// print(follower.ladder(intid: 40).conclusion)
/// ```
///
/// A ``ReplayTimeline`` that is given one answers this at any event.
public final class InterruptFollower {
  private var analyzer: FindingsAnalyzer

  /// Nothing has been followed yet.
  public init() { analyzer = FindingsAnalyzer(thresholds: .unlisted, limits: AnalysisLimits(memory: 1 << 30)) }

  init(following other: borrowing FindingsAnalyzer) { analyzer = FindingsAnalyzer(following: other) }

  /// Takes in a batch.
  public func consume(_ batch: ReplayBatch) { analyzer.consume(batch) }

  /// The way of an interrupt as it is now, on a PE; nil for the PE that it goes to, of SGIs and PPIs for PE 0.
  public func ladder(intid: UInt32, pe: UInt32? = nil) -> DeliveryLadder { analyzer.ladder(intid: intid, pe: pe) }

  /// The ways of an interrupt as they are now: one, or of an SGI or PPI without a PE one for each of the first eight PEs.
  public func ladders(intid: UInt32, pe: UInt32?, peCount: Int) -> [DeliveryLadder] {
    guard pe == nil, InterruptClass(intid: intid).isPrivate,
      analyzer.accesses.showsController || analyzer.hasTransitions
    else {
      return [ladder(intid: intid, pe: pe)]
    }
    return (0..<UInt32(min(max(peCount, 1), 8))).map { ladder(intid: intid, pe: $0) }
  }
}

extension InterruptFollower: TimelineFollower {
  /// As ``TimelineFollower`` wants it.
  public var footprint: Int { analyzer.footprint }

  /// As ``TimelineFollower`` wants it. O(interrupts and PEs that occur).
  public func copy() -> any TimelineFollower { InterruptFollower(following: analyzer) }
}
