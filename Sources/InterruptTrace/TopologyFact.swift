extension Topology {
  /// The name of a fact, and the type of its value.
  public struct Fact<Value: TopologyValue>: Sendable {
    let key: Key
    init(_ key: Key) { self.key = key }
  }
}

/// A type that facts have: how it stands in a native file.
public protocol TopologyValue: Sendable {
  /// The value of a native file's 64 bits; nil if they are none.
  init?(topologyBits: UInt64)
  /// The 64 bits of a native file.
  var topologyBits: UInt64 { get }
}

extension Topology.Fact where Value == Bool {
  /// Whether EL2 is implemented.
  public static var hasEL2: Self { Self(.hasEL2) }
  /// Whether EL3 is implemented.
  public static var hasEL3: Self { Self(.hasEL3) }
  /// Whether firmware, or the emulator in its place, left all interrupts in Group 1 for a Non-secure kernel.
  public static var resetToGroup1: Self { Self(.resetToGroup1) }
  /// Whether the capture starts at the controller's reset, not in the middle of a run.
  public static var startsAtReset: Self { Self(.startsAtReset) }
  /// Whether affinity routing (`GICD_CTLR.ARE`) is on; if it is not, it is off for good: a GICv3 in legacy operation.
  public static var affinityRouting: Self { Self(.affinityRouting) }
  /// Whether the capture is what one of an emulator's threads wrote, and that of the others is missing.
  public static var lacksThreads: Self { Self(.lacksThreads) }
}

extension Topology.Fact where Value == Topology.Architecture {
  /// The architecture version of the controller.
  public static var architecture: Self { Self(.architecture) }
}

extension Topology.Fact where Value == Topology.Profile {
  /// Whose behaviour the model follows.
  public static var profile: Self { Self(.profile) }
}

extension Topology.Fact where Value == Topology.CaptureFormat {
  /// What the capture was before it was ours.
  public static var sourceFormat: Self { Self(.sourceFormat) }
}

extension Topology.Fact where Value == Topology.SecurityStates {
  /// How many Security states the controller has.
  public static var securityStates: Self { Self(.securityStates) }
}

extension Topology.Fact where Value == Topology.KernelRelease {
  /// Release of the kernel that was traced.
  public static var kernelRelease: Self { Self(.kernelRelease) }
}

extension Topology.Fact where Value == Int64 {
  /// What is to be added to a capture's times so that they are those of the host's capture of the same recording, in ns:
  /// trace-cmd measures it between a host and its guest.
  public static var timeShift: Self { Self(.timeShift) }
}

extension Topology.Fact where Value == UInt32 {
  /// Affinity (Aff3.Aff2.Aff1.Aff0, 8 bits each) of PE `index`.
  public static var affinity: Self { Self(.affinity) }
}

extension Topology.Fact where Value == Int {
  /// Number of PEs.
  public static var peCount: Self { Self(.peCount) }
  /// `GICD_TYPER.ITLinesNumber`: INTIDs 0 to `32 * (n + 1) - 1` are implemented.
  public static var itLinesNumber: Self { Self(.itLinesNumber) }
  /// Implemented priority bits, 4 to 8.
  public static var priorityBits: Self { Self(.priorityBits) }
  /// Implemented preemption bits of the virtual CPU interface.
  public static var preemptionBits: Self { Self(.preemptionBits) }
  /// List registers per PE.
  public static var listRegisters: Self { Self(.listRegisters) }
  /// `GICD_TYPER.IDbits + 1`: INTID bits.
  public static var intidBits: Self { Self(.intidBits) }
  /// 2 if the capture holds what happened to another interrupt controller too, and does not tell the two apart.
  public static var controllers: Self { Self(.controllers) }
  /// First SPI of GICv2m frame `index`.
  public static var gicmFirstSPI: Self { Self(.gicmFirstSPI) }
  /// Number of SPIs of GICv2m frame `index`.
  public static var gicmSPICount: Self { Self(.gicmSPICount) }
}

extension Topology.Fact where Value == UInt64 {
  /// Unix time of the capture's epoch in ns.
  public static var epoch: Self { Self(.epoch) }
  /// Physical address of the Distributor.
  public static var gicdBase: Self { Self(.gicdBase) }
  /// Physical address of the GICv2 CPU interface.
  public static var giccBase: Self { Self(.giccBase) }
  /// Physical address of the virtual interface control frame.
  public static var gichBase: Self { Self(.gichBase) }
  /// Physical address of the virtual CPU interface.
  public static var gicvBase: Self { Self(.gicvBase) }
  /// Physical address of Redistributor region `index`.
  public static var gicrBase: Self { Self(.gicrBase) }
  /// Bytes from one Redistributor to the next: 0x20000, or 0x40000 from GICv4.
  public static var gicrStride: Self { Self(.gicrStride) }
  /// Physical address of ITS `index`.
  public static var gitsBase: Self { Self(.gitsBase) }
  /// Physical address of GICv2m frame `index`.
  public static var gicmBase: Self { Self(.gicmBase) }
  /// `GICD_TYPER` as read.
  public static var gicdTyper: Self { Self(.gicdTyper) }
  /// `GICR_TYPER` of PE `index` as read.
  public static var gicrTyper: Self { Self(.gicrTyper) }
  /// `GITS_TYPER` of ITS `index` as read.
  public static var gitsTyper: Self { Self(.gitsTyper) }
  /// `ICH_VTR_EL2` or `GICH_VTR` as read.
  public static var vtr: Self { Self(.vtr) }
}
