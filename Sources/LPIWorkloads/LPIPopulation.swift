/// The LPIs of a system: which device's event leads to which INTID and PE.
public struct LPIPopulation: Sendable {
  /// One mapped LPI.
  public struct LPI: Sendable {
    /// DeviceID.
    public var device: UInt32
    /// EventID.
    public var event: UInt32
    /// INTID.
    public var intid: UInt32
    /// Index of the target PE, and of its collection.
    public var pe: UInt32
    /// The configuration byte.
    public var property: UInt8
  }

  /// All LPIs in device and event order.
  public var lpis: [LPI]
  /// EventID bits of each device.
  public var eventBits: Int
  /// Number of PEs.
  public var peCount: Int
  /// INTID bits that hold all.
  public var intidBits: Int
  /// Number of devices.
  public var deviceCount: Int

  /// The first 16.7 million INTIDs from 8192 up: more LPIs cannot exist.
  public static let limit = (1 << 24) - 8192

  /// At least `count` LPIs in the given manner.
  ///
  /// Every LPI is enabled. Eight priorities are in use, as far as `priorities` allows.
  public init(count: Int, allocation: LPIAllocation, peCount: Int, priorities: Int = 8, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = min(max(count, 1), LPIPopulation.limit)
    lpis = []
    lpis.reserveCapacity(count)
    self.peCount = peCount
    eventBits = 5
    deviceCount = 0
    let sizes = [1, 2, 4, 9, 16, 17, 32]
    // Where blocks of 32 with gaps no longer fit, devices use all of their block.
    let hasRoom = allocation == .contiguous ? false : count * 3 < LPIPopulation.limit
    var used = [UInt64](repeating: 0, count: allocation == .uniform ? 1 << 18 : 0)
    while lpis.count < count {
      let device = LPIPopulation.deviceID(deviceCount)
      let size = min(count - lpis.count, hasRoom ? sizes[random.below(7)] : 32)
      for event in 0..<size {
        let intid: UInt32
        switch allocation {
        case .linux: intid = UInt32(8192 + deviceCount * 32 + event)
        case .contiguous: intid = UInt32(8192 + lpis.count)
        case .uniform:
          var drawn: UInt32
          repeat {
            drawn = UInt32(8192 + random.below(LPIPopulation.limit))
          } while used[Int(drawn >> 6)] >> UInt64(drawn & 63) & 1 != 0
          used[Int(drawn >> 6)] |= 1 << UInt64(drawn & 63)
          intid = drawn
        }
        let priority = UInt8(truncatingIfNeeded: random.below(max(priorities, 1)) * 4) &+ 0x80
        let pe = UInt32(lpis.count % peCount)
        lpis.append(LPI(device: device, event: UInt32(event), intid: intid, pe: pe, property: priority | 1))
      }
      deviceCount += 1
    }
    intidBits = LPIPopulation.bits(lpis)
  }

  /// The shape of the selftest `vgic_lpi_stress`: each of `devices` devices has `events` events, INTIDs are contiguous.
  ///
  /// - Parameter isPerDevice: one PE per device, as a single-queue device has; else round-robin, as the selftest does.
  public init(vcpus: Int, devices: Int, events: Int, isPerDevice: Bool = false, priorities: Int = 1, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    lpis = []
    peCount = max(vcpus, 1)
    eventBits = max(1, 64 - (max(events, 2) - 1).leadingZeroBitCount)
    deviceCount = devices
    for device in 0..<devices {
      for event in 0..<events where lpis.count < LPIPopulation.limit {
        let priority = UInt8(truncatingIfNeeded: random.below(max(priorities, 1)) * 4) &+ 0x80
        lpis.append(
          LPI(
            device: UInt32(device), event: UInt32(event), intid: UInt32(8192 + lpis.count),
            pe: UInt32((isPerDevice ? device : lpis.count) % peCount), property: priority | 1)
        )
      }
    }
    intidBits = LPIPopulation.bits(lpis)
  }

  private static func bits(_ lpis: [LPI]) -> Int {
    let last = lpis.map(\.intid).max() ?? 8192
    return min(24, max(14, 32 - last.leadingZeroBitCount))
  }

  /// PCI requester IDs: function 0 of each slot, 8192 slots in a segment.
  static func deviceID(_ index: Int) -> UInt32 {
    UInt32(index / 8192) << 16 | UInt32(index % 8192) * 8
  }
}
