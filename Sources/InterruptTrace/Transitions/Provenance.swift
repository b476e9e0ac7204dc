/// How certain a statement is.
@frozen public enum Provenance: UInt8, Sendable {
  /// The capture says so.
  case observed
  /// It follows from the architecture.
  case derived
  /// A named rule filled a hole in the capture.
  case inferred
  /// It rests on a reset value or a default.
  case assumed
}
