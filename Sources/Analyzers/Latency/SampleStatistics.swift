/// What can be asked of samples, however they are kept.
public protocol SampleStatistics {
  /// How many there are.
  var count: UInt64 { get }
  /// The least; 0 if there is none.
  var min: UInt64 { get }
  /// The arithmetic mean; 0 if there is none.
  var mean: UInt64 { get }
  /// The greatest; 0 if there is none.
  var max: UInt64 { get }
  /// The least sample that `percent` of all do not exceed; 0 if there is none.
  func percentile(_ percent: Double) -> UInt64
}
