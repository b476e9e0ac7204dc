/// What the analyzers are asked for beyond what they always do.
public struct AnalysisOptions: Sendable {
  /// ITS caches that are simulated.
  public var itsCaches = ITSCacheShape.standard
  /// The thresholds of findings.
  public var findings = FindingThresholds()
  /// How much is kept at a time.
  public var limits = AnalysisLimits()
  /// The capture, as a command line names it: findings say by which command they are looked at.
  public var captureName: String?
  /// How many of the interrupts that took longest are kept; at most 10,000.
  public var worst = 10
  /// The defaults.
  public init() {}
}
