/// How INTIDs are given to devices.
public enum LPIAllocation: String, CaseIterable, Sendable {
  /// Linux's: each device owns a block of 32 INTIDs from 8192 up and maps 1, 2, 4, 9, 16, 17 or 32 of them.
  case linux
  /// One INTID after the other, 32 per device: what is left when there are too many for gaps.
  case contiguous
  /// Uniformly random over 24 bits, without repetition.
  case uniform
}

/// Which LPIs exist, in a few numbers.
public enum LPIPopulationShape: Hashable, Sendable {
  /// At least `count` LPIs of eight priorities on 64 PEs.
  case allocated(LPIAllocation, count: Int)
  /// The selftest `vgic_lpi_stress`: INTIDs contiguous, round-robin over the vCPUs, one priority.
  case stress(vcpus: Int, devices: Int, events: Int)
  /// The same with one vCPU per device, as single-queue devices have.
  case stressPerDevice(vcpus: Int, devices: Int, events: Int)

  /// As it stands before the slash in a workload's name.
  public var name: String {
    switch self {
    case .allocated(let allocation, let count): "\(allocation.rawValue)-\(Self.short(count))"
    case .stress(let vcpus, let devices, let events): "stress-\(vcpus)x\(devices)x\(events)"
    case .stressPerDevice(let vcpus, let devices, let events): "stress-per-device-\(vcpus)x\(devices)x\(events)"
    }
  }

  /// The population of a name as ``name`` writes it, with any numbers that the architecture has room for.
  public init?(name: String) {
    for (prefix, isPerDevice) in [("stress-per-device-", true), ("stress-", false)] where name.hasPrefix(prefix) {
      let numbers = name.dropFirst(prefix.count).split(separator: "x", omittingEmptySubsequences: false)
        .map { Self.long($0) }
      guard numbers.count == 3, let vcpus = numbers[0], let devices = numbers[1], let events = numbers[2],
        vcpus <= 4096, events <= 1 << 16, devices * events <= 1 << 24
      else { return nil }
      self =
        isPerDevice
        ? .stressPerDevice(vcpus: vcpus, devices: devices, events: events)
        : .stress(vcpus: vcpus, devices: devices, events: events)
      return
    }
    guard let dash = name.lastIndex(of: "-"), let allocation = LPIAllocation(rawValue: String(name[..<dash])),
      let count = Self.long(name[name.index(after: dash)...]), count <= 1 << 24
    else { return nil }
    self = .allocated(allocation, count: count)
  }

  /// `64k`: the inverse of ``short(_:)``. From 1 to 2^24.
  private static func long(_ text: some StringProtocol) -> Int? {
    let shift = text.hasSuffix("k") ? 10 : text.hasSuffix("m") ? 20 : 0
    guard let number = Int(shift == 0 ? text[...] : text.dropLast()), (1...1 << 24).contains(number) else { return nil }
    return number << shift <= 1 << 24 ? number << shift : nil
  }

  /// Number of LPIs.
  public var count: Int {
    switch self {
    case .allocated(_, let count): min(max(count, 1), LPIPopulation.limit)
    case .stress(_, let devices, let events), .stressPerDevice(_, let devices, let events):
      min(max(devices &* events, 1), LPIPopulation.limit)
    }
  }

  /// The LPIs.
  public func population(seed: UInt64) -> LPIPopulation {
    switch self {
    case .allocated(let allocation, let count):
      LPIPopulation(count: count, allocation: allocation, peCount: 64, seed: seed)
    case .stress(let vcpus, let devices, let events):
      LPIPopulation(vcpus: vcpus, devices: devices, events: events, seed: seed)
    case .stressPerDevice(let vcpus, let devices, let events):
      LPIPopulation(vcpus: vcpus, devices: devices, events: events, isPerDevice: true, seed: seed)
    }
  }

  /// The PEs that take part, and the INTID bits that hold every LPI.
  public func dimensions(seed: UInt64) -> (peCount: Int, intidBits: Int) {
    let population = population(seed: seed)
    return (population.peCount, population.intidBits)
  }

  /// 1024 is `1k`, 1 048 576 is `1m`.
  static func short(_ count: Int) -> String {
    if count >= 1 << 20, count % (1 << 20) == 0 { return "\(count >> 20)m" }
    if count >= 1 << 10, count % (1 << 10) == 0 { return "\(count >> 10)k" }
    return "\(count)"
  }
}
