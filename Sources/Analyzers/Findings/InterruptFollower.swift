import InterruptTrace
import Replay

/// Follows interrupts up to a moment, to say why one was delivered then or was not.
///
/// ```swift
/// let follower = InterruptFollower()
/// try engine.run(until: .event(5000), follower.consume)
/// print(follower.ladder(intid: 40).conclusion)
/// ```
public final class InterruptFollower {
  private var analyzer = FindingsAnalyzer()

  /// Nothing has been followed yet.
  public init() {}

  /// Takes in a batch.
  public func consume(_ batch: ReplayBatch) { analyzer.consume(batch) }

  /// The way of an interrupt as it is now, on a PE; nil for the PE that it goes to, of SGIs and PPIs for PE 0.
  public func ladder(domain: UInt16 = 0, intid: UInt32, pe: UInt32? = nil) -> DeliveryLadder {
    analyzer.ladder(domain: domain, intid: intid, pe: pe)
  }
}
