import InterruptTrace

/// How a capture is opened.
public struct ImportOptions: Sendable {
  /// Stop at the first malformed line or record, as `--strict` says.
  public var isStrict = false
  /// What a kernel's interrupt numbers stand for; nil for what a recording says itself.
  public var interrupts: InterruptMap?
  /// The capture is still being written: events are given out as they come. Less of its start is looked at before.
  public var isLive = false

  /// The defaults.
  public init() {}

  /// Options with every field given.
  public init(isStrict: Bool, interrupts: InterruptMap? = nil) {
    self.isStrict = isStrict
    self.interrupts = interrupts
  }
}
