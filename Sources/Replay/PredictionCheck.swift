import GICModel
import InterruptTrace

/// What is predicted: registers and observations, by the index that ``TransitionKind/disagreed`` and
/// ``TransitionKind/taught`` carry.
public enum PredictionCheck {
  /// The name and kind of a check.
  public static func describe(_ index: UInt32) -> (name: String, kind: PredictionKind) { Controller.check(index) }
}
