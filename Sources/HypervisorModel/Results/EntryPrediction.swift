/// What the model says stood in a vCPU's list registers when it entered its guest.
public struct EntryPrediction: Sendable {
  /// When, in ns since the capture's epoch.
  public var time: UInt64
  /// Number of the entry's event.
  public var event: UInt64
  /// The guest.
  public var domain: UInt16
  /// The vCPU.
  public var vcpu: UInt32
  /// The CPU that it runs on.
  public var cpu: UInt32
  /// What the registers hold; empty ones are not among them.
  public var registers: [Register]
  /// Interrupts that are in no register though nothing tells that they should not be.
  public var doubtfullyAbsent: [UInt32]
  /// What the capture does not decide.
  public var doubts = ClassDoubts()
  /// HCR, and what found no register.
  public var outcome: ListRegisterOutcome
  /// The guest's SGIs are shown with number and target: those of a GICv2 are, those of a GICv3 are system registers whose
  /// value no tracepoint has.
  public var showsSGIs: Bool
  /// One list register.
  public struct Register: Equatable, Sendable {
    /// Its value.
    public var value: UInt64
    /// The virtual INTID.
    public var intid: UInt32
    /// By which rule.
    public var rule: InferenceRule
    /// Bits of the value that the capture does not show: they are not predicted.
    public var unknownBits: UInt64 = 0
  }
}

/// Someone who saw the list registers of the same run: a probe, or a capture from below the hypervisor.
public protocol ListRegisterWitness: AnyObject {
  /// What the registers held when the vCPU entered its guest at `event`; nil if that is not known. Called before the
  /// model fills them.
  func registersLoaded(event: UInt64) -> [UInt64]?
  /// What they held when it left, each at the place where it was loaded; nil if that is not known.
  func registersLeft(entry event: UInt64) -> [UInt64]?
  /// How many ends hit no list register while it ran (`ICH_HCR_EL2.EOIcount`); nil if that is not known.
  func endsOutside(entry event: UInt64) -> Int?
}
