extension LPIWorkload {
  /// Whether the workload is something that a controller does with interrupts: looking up and iterating are not.
  public var isTraffic: Bool {
    switch kind {
    case .lookupSequential, .lookupRandom, .iterate: false
    default: true
    }
  }

  /// The workload as what a controller does, `iterations` times: devices and LPIs are mapped first.
  ///
  /// What each PE acknowledges is not asked of any store. It follows from what is pending by sorting: the highest
  /// priority (lowest value) first, among equals the lowest INTID (IHI 0069H section 4.8).
  public func forEachOperation<Failure: Error>(
    seed: UInt64, iterations: Int = 1, _ body: @escaping (LPIOperation) throws(Failure) -> Void
  ) throws(Failure) {
    let population = shape.population(seed: seed)
    try Self.map(population, body)
    let input = LPIWorkloadInput(population, kinds: [kind], seed: seed)
    var script = LPIScript(input, body)
    for iteration in 0..<iterations { try script.run(kind, iteration: iteration) }
  }

  private static func map<Failure: Error>(
    _ population: LPIPopulation, _ body: (LPIOperation) throws(Failure) -> Void
  ) throws(Failure) {
    var mapped: UInt32?
    for lpi in population.lpis {
      if lpi.device != mapped {
        try body(LPIOperation(.mapDevice, device: lpi.device, event: UInt32(population.eventBits)))
        mapped = lpi.device
      }
      try body(LPIOperation(.configure, intid: lpi.intid, property: lpi.property))
      try body(LPIOperation(.map, device: lpi.device, event: lpi.event, intid: lpi.intid, pe: lpi.pe))
    }
  }
}

/// A workload's operations after everything is mapped.
private struct LPIScript<Failure: Error> {
  typealias Body = (LPIOperation) throws(Failure) -> Void

  private let input: LPIWorkloadInput
  private let body: Body
  /// Keys of what is pending on each PE: priority above INTID.
  private var pending: [[UInt32]]

  init(_ input: LPIWorkloadInput, _ body: @escaping Body) {
    self.input = input
    self.body = body
    pending = [[UInt32]](repeating: [], count: input.population.peCount)
  }

  private var lpis: [LPIPopulation.LPI] { input.population.lpis }

  mutating func run(_ kind: LPIWorkload.Kind, iteration: Int) throws(Failure) {
    switch kind {
    case .lookupSequential, .lookupRandom, .iterate: return
    case .stress(let size): try bursts(lpis, size)
    case .interleaved(let size): try bursts(input.interleaved, size)
    case .churn:
      for index in input.order {
        let lpi = lpis[Int(index)]
        try body(LPIOperation(.unmap, device: lpi.device, event: lpi.event, intid: lpi.intid, pe: lpi.pe))
        try body(LPIOperation(.map, device: lpi.device, event: lpi.event, intid: lpi.intid, pe: lpi.pe))
        try inject(lpi)
        try drain(lpi.pe)
      }
    case .clear:
      for lpi in lpis { try inject(lpi) }
      for index in input.order {
        let lpi = lpis[Int(index)]
        try body(LPIOperation(.clear, device: lpi.device, event: lpi.event, intid: lpi.intid, pe: lpi.pe))
      }
      for pe in pending.indices { pending[pe] = [] }
    case .reconfigure: try reconfigure(iteration)
    case .moveAll: try moveAll()
    }
  }

  private mutating func inject(_ lpi: LPIPopulation.LPI, property: UInt8? = nil) throws(Failure) {
    try body(LPIOperation(.inject, device: lpi.device, event: lpi.event, intid: lpi.intid, pe: lpi.pe))
    pending[Int(lpi.pe)].append(UInt32((property ?? lpi.property) & 0xFC) << 24 | lpi.intid)
  }

  private mutating func bursts(_ sequence: [LPIPopulation.LPI], _ size: Int) throws(Failure) {
    let size = size == 0 ? sequence.count : size
    for start in stride(from: 0, to: sequence.count, by: size) {
      let burst = sequence[start..<min(start + size, sequence.count)]
      for lpi in burst { try inject(lpi) }
      for lpi in burst where !pending[Int(lpi.pe)].isEmpty { try drain(lpi.pe) }
    }
  }

  /// A PE acknowledges all it has.
  private mutating func drain(_ pe: UInt32) throws(Failure) {
    pending[Int(pe)].sort()
    for key in pending[Int(pe)] { try body(LPIOperation(.acknowledge, intid: key & 0xFF_FFFF, pe: pe)) }
    pending[Int(pe)].removeAll(keepingCapacity: true)
  }

  private mutating func drainAll() throws(Failure) {
    for pe in pending.indices { try drain(UInt32(pe)) }
  }

  /// Everything is pending under its old priority, then gets another one.
  private mutating func reconfigure(_ iteration: Int) throws(Failure) {
    func property(_ lpi: LPIPopulation.LPI, _ round: Int) -> UInt8 {
      lpi.property ^ UInt8(truncatingIfNeeded: round * 4) & 0x1C
    }
    for lpi in lpis { try inject(lpi, property: property(lpi, iteration + 1)) }
    for index in input.order {
      let lpi = lpis[Int(index)]
      try body(LPIOperation(.configure, intid: lpi.intid, property: property(lpi, iteration + 1)))
      try body(LPIOperation(.invalidate, device: lpi.device, event: lpi.event, intid: lpi.intid, pe: lpi.pe))
    }
    try drainAll()
  }

  /// Each PE's LPIs move to the next, one PE after the other, so that the last moves all of them back to the first.
  private mutating func moveAll() throws(Failure) {
    for lpi in lpis { try inject(lpi) }
    for pe in pending.indices where pending.count > 1 {
      let target = (pe + 1) % pending.count
      try body(LPIOperation(.moveAll, pe: UInt32(pe), target: UInt32(target)))
      pending[target] += pending[pe]
      pending[pe] = []
    }
    try drainAll()
  }
}
