import InterruptTrace

/// Where a guest's controller lies in its physical memory, so that trapped accesses can be told.
///
/// From the topology (of the guest's domain) where the user gave it; else inferred: the layout of QEMU's `virt` machine, or
/// any other from the reads of `GICD_PIDR2` and `GICR_PIDR2` by which Linux tells what controller it has.
public struct GuestAddresses: BitwiseCopyable {
  private var distributor: UInt64?
  private var redistributors: UInt64?
  private var redistributorStride: UInt64 = 0x2_0000
  /// Bytes of the redistributors' region; what follows it is another device's.
  private var redistributorLength: UInt64
  private var its: UInt64?
  private var interface: UInt64?
  private let isInferred: Bool

  /// What the topology says of a guest.
  public init(_ topology: Topology, domain: UInt16) {
    distributor = topology[.gicdBase, domain: domain]
    redistributors = topology[.gicrBase, domain: domain]
    redistributorStride = topology[.gicrStride, domain: domain] ?? 0x2_0000
    its = topology[.gitsBase, domain: domain]
    interface = topology[.giccBase, domain: domain]
    isInferred = distributor == nil
    if redistributorStride == 0 { redistributorStride = 0x2_0000 }
    redistributorLength = redistributorStride &* UInt64(topology[.peCount, domain: domain] ?? 64)
  }

  /// Whether it is known where the Distributor lies.
  var holdDistributor: Bool { distributor != nil }
  /// Whether it is known where the Redistributors lie.
  var holdRedistributors: Bool { redistributors != nil }

  /// Whether it is an access to `GICC_DIR` (IHI 0048B, table 4-2).
  func isDeactivation(_ event: Event) -> Bool {
    if !event.flags.contains(.absolute) { return event.frame == .gicc && event.offset == 0x1000 }
    return interface.map { event.a == $0 &+ 0x1000 } ?? false
  }

  /// The access with frame and offset; nil if it is none of the controller's.
  public mutating func translate(_ event: Event) -> Event? {
    guard event.flags.contains(.absolute) else { return event.frame.rawValue != 0 ? event : nil }
    if isInferred { infer(event) }
    let address = event.a
    if let base = distributor, address &- base < 0x1_0000 { return framed(event, .gicd, address &- base, owner: 0) }
    if let base = its, address &- base < 0x1_0000 { return framed(event, .gits, address &- base, owner: 0) }
    if let base = redistributors, address &- base < redistributorLength {
      let owner = (address &- base) / redistributorStride
      return framed(event, .gicr, (address &- base) % redistributorStride, owner: owner)
    }
    return nil
  }

  private func framed(_ event: Event, _ frame: Frame, _ offset: UInt64, owner: UInt64) -> Event {
    var event = event
    event.flags.remove(.absolute)
    event.a = offset & 0xFFFF_FFFF | UInt64(frame.rawValue) << 32 | owner << 40
    return event
  }

  private mutating func infer(_ event: Event) {
    let address = event.a
    // QEMU's virt machine.
    if distributor == nil, address &- 0x0800_0000 < 0x1_0000 {
      distributor = 0x0800_0000
      its = 0x0808_0000
      interface = 0x0801_0000
      redistributors = 0x080A_0000
      redistributorLength = 0xF6_0000
    }
    // PIDR2.ArchRev (IHI 0069H, 12.8 and 12.10): the Distributor's comes first.
    guard event.kind == .mmioRead, !event.flags.contains(.incomplete), address & 0xFFFF == 0xFFE8 else { return }
    guard event.b & 0xF0 == 0x30 || event.b & 0xF0 == 0x40 else { return }
    let base = address & ~0xFFFF
    if distributor == nil {
      distributor = base
    } else if base != distributor, redistributors == nil {
      redistributors = base
    }
  }
}
