import InterruptTrace

/// Reads the start of a capture ahead of the first event and gathers what must be known from the beginning: the PEs, the
/// threads that run them, the controller's identification registers, and the emulator's version.
struct LogSurvey: ~Copyable {
  /// Bytes of a file that are read ahead.
  static let length = 4 << 20

  /// Unix time of the first stamp in ns.
  private(set) var epoch: UInt64?
  /// Whether the capture shows which PEs accept an SGI.
  private(set) var showsAcceptedSGIs = false
  /// Known facts.
  private(set) var topology = Topology()

  private var affinities: Set<UInt32> = []
  private var processorNumbers: [UInt32: UInt32] = [:]
  private var redistributorTypes: [UInt32: UInt64] = [:]
  private var threads: [UInt32: Set<UInt32>] = [:]
  private var interfaces: UInt32 = 0
  private var gicv2Lines = 0
  private var gicv3Lines = 0
  private var isNewVersion = false
  private var sawPass = false
  private var sawSecure = false
  private var sawEL2 = false
  private var sawEL3 = false
  private var sawGICv4 = false
  private var start = StartEvidence()
  private var distributorType: UInt64?
  private var itsType: UInt64?
  private var interfaceType: UInt64?
  private var architectureRevision: UInt64?
  private var disablesSecurity: Bool?
  private var isAfterLines = false
  private var lines = LineHistory()

  init() {}

  /// Reads the whole lines at the start of a file, of which those that name no thread are `ownThread`'s. Returns the thread
  /// that wrote its first event and the Unix time in ns of its first stamp.
  mutating func read(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer, ownThread: UInt32 = 0
  ) -> (thread: UInt32, time: UInt64) {
    var parser = LogLineParser()
    parser.ownThread = ownThread
    lines.isOrdered = ownThread == 0
    var firstThread: UInt32 = 0
    var at = start
    while at < end {
      var name = at
      let line = parser.parse(&name)
      if case .event(let number) = line {
        take(parser.catalogue.entries[number], parser.values, parser.thread)
        if firstThread == 0 { firstThread = parser.thread }
        if parser.prefix == .dateAndTime { isNewVersion = true }
        at = name
      } else {
        let next = LogDecoder.nextLine(at, end)
        switch line {
        case .text, .otherEvent: takeText(TextScanner(name, next))
        case .event, .malformed: break
        }
        at = next
      }
    }
    if let first = parser.epoch { epoch = min(epoch ?? first, first) }
    return (firstThread, parser.epoch ?? 0)
  }

  // MARK: Lines

  private mutating func take(_ entry: LogCatalogue.Entry, _ v: UnsafeMutablePointer<UInt64>, _ thread: UInt32) {
    var endsPair = false
    start.take(entry.action, v, SystemRegister(rawValue: entry.operand))
    switch entry.action {
    case .highestPending, .cpuLines:
      meet(v[0])
      endsPair = true
    case .virtualHighestPending, .virtualCPULines, .maintenanceLine, .redistributorLine: meet(v[0])
    case .read, .write, .acknowledgeRead:
      meet(v[0], thread)
      takeRegister(SystemRegister(rawValue: entry.operand), entry.action, v[1])
    case .generateSGI: meet(v[0], thread)
    case .readOfGroup, .writeOfGroup, .virtualAcknowledgeRead, .readListRegister, .writeListRegister: meet(v[1], thread)
    case .readActivePriorities, .writeActivePriorities: meet(v[2], thread)
    case .sgiPending:
      meet(v[0])
      showsAcceptedSGIs = true
    case .distributorRead:
      security(v[3])
      takeDistributorRead(v[0], v[1], size: v[2], secure: v[3])
    case .distributorWrite, .distributorBadWrite:
      security(v[3])
      if isAfterLines, EffectOrder.reevaluates(gicd: UInt32(truncatingIfNeeded: v[0])) { sawPass = true }
    case .redistributorRead:
      security(v[4])
      meet(v[0])
      takeRedistributorRead(UInt32(truncatingIfNeeded: v[0]), v[1], v[2], size: v[3])
    case .redistributorWrite, .redistributorBadWrite:
      security(v[4])
      meet(v[0])
    case .itsRead: if v[0] == 0x8 { itsType = v[1] }
    case .command: if ITSOpcode.isVirtual(UInt8(truncatingIfNeeded: entry.operand)) { sawGICv4 = true }
    case .v2InterfaceRead, .v2InterfaceWrite, .v2Acknowledge, .v2HighestPending: takeInterface(entry.action, v, thread)
    case .v2HypervisorRead:
      sawEL2 = true
      if v[0] == 0x4 { interfaceType = v[1] }
    case .v2HypervisorWrite: sawEL2 = true
    case .v2DistributorRead: if v[0] == 0x4, v[1] == 4 { distributorType = v[2] }
    case .v2Line: lines.take(v[0], level: v[1], mask: v[2])
    default: break
    }
    isAfterLines = endsPair
    if entry.action.rawValue <= LogEvent.Action.v2Maintenance.rawValue { gicv2Lines += 1 } else { gicv3Lines += 1 }
  }

  /// The output of `-d int` names exception levels. Only those of returns and of handlers are there for certain: a call
  /// that the emulator handles itself is reported as if it went to a level that need not exist.
  private mutating func takeText(_ line: TextScanner) {
    var scanner = line
    if scanner.skip("Taking exception 5 [IRQ]") || scanner.skip("Taking exception 6 [FIQ]") { start.noteException() }
    guard scanner.skip("Exception return from AArch64 EL") || scanner.skip("...to EL") else { return }
    switch scanner.decimal() {
    case 3: sawEL3 = true
    case 2: sawEL2 = true
    default: break
    }
  }

  private mutating func meet(_ affinity: UInt64, _ thread: UInt32 = 0) {
    guard affinity < UInt64(PE.none), affinities.count < ProcessingElements.limit else { return }
    let affinity = UInt32(truncatingIfNeeded: affinity)
    affinities.insert(affinity)
    if thread != 0, threads.count < 4096 { threads[thread, default: []].insert(affinity) }
  }

  private mutating func security(_ secure: UInt64) {
    if secure != 0 { sawSecure = true }
  }

  private mutating func takeRegister(_ register: SystemRegister, _ action: LogEvent.Action, _ value: UInt64) {
    switch register {
    case .ICC_NMIAR1_EL1, .ICV_NMIAR1_EL1: isNewVersion = true
    case .ICC_CTLR_EL3, .ICC_IGRPEN1_EL3: sawEL3 = true
    case .ICC_CTLR_EL1 where action == .read:
      topology.set(.priorityBits, to: Int(value >> 8 & 7) + 1, source: .register)
    case .ICH_VTR_EL2:
      sawEL2 = true
      interfaceType = value
    case .ICH_HCR_EL2, .ICH_VMCR_EL2: sawEL2 = true
    default: break
    }
  }

  private mutating func takeDistributorRead(_ offset: UInt64, _ value: UInt64, size: UInt64, secure: UInt64) {
    switch offset {
    case 0x0:
      // GICD_CTLR.DS is visible in both views of a controller with one security state, and to Secure accesses.
      if value & 0x40 != 0 { disablesSecurity = true } else if secure != 0 { disablesSecurity = false }
    case 0x4 where size == 4: distributorType = value
    case 0xFFE8: architectureRevision = value >> 4 & 0xF
    default: break
    }
  }

  private mutating func takeRedistributorRead(_ affinity: UInt32, _ offset: UInt64, _ value: UInt64, size: UInt64) {
    switch (offset, size) {
    case (0x8, 8): redistributorTypes[affinity] = value
    case (0x8, 4): redistributorTypes[affinity, default: 0] |= value & 0xFFFF_FFFF
    case (0xC, 4): redistributorTypes[affinity, default: 0] |= value << 32
    default: return
    }
    guard offset == 0x8, redistributorTypes.count <= ProcessingElements.limit else { return }
    processorNumbers[affinity] = UInt32(truncatingIfNeeded: value >> 8 & 0xFFFF)
  }

  private mutating func takeInterface(_ action: LogEvent.Action, _ v: UnsafeMutablePointer<UInt64>, _ thread: UInt32) {
    guard v[1] < 256 else { return }
    let pe = UInt32(v[1])
    interfaces = max(interfaces, pe + 1)
    guard action == .v2InterfaceRead || action == .v2InterfaceWrite, thread != 0 else { return }
    threads[thread, default: []].insert(pe)
  }

  // MARK: Conclusions

  /// Numbers the PEs and sets what is known of them. To be called once, when everything was read.
  mutating func conclude(into elements: ProcessingElements) {
    let isGICv2 = gicv2Lines > gicv3Lines
    let table = isGICv2 ? interfaceTable() : affinityTable()
    let isSingle = table.count == 1 && (isGICv2 ? distributorType.map { $0 >> 5 & 7 == 0 } ?? false : sawPass)
    elements.adopt(table, isSingle: isSingle)
    for (thread, users) in threads.sorted(by: { $0.key < $1.key }) {
      for user in users.sorted() {
        elements.bind(thread: thread, to: isGICv2 ? user : elements.number(ofAffinity: UInt64(user)))
      }
    }
    topology.set(.sourceFormat, to: .qemuLog, source: .header)
    if let epoch { topology.set(.epoch, to: epoch, source: .header) }
    guard gicv2Lines + gicv3Lines > 0 else { return }
    setArchitecture(isGICv2)
    if lines.showsOtherController { topology.set(.controllers, to: 2, source: .inferred) }
    if lines.lacksChanges { topology.set(.lacksThreads, to: true, source: .inferred) }
    setSecurity(isGICv2)
    if !table.isEmpty { topology.set(.peCount, to: table.count, source: .inferred) }
    for (pe, affinity) in table.enumerated() {
      guard let affinity else { continue }
      topology.set(.affinity, index: UInt32(pe), to: affinity, source: .inferred)
      if let type = redistributorTypes[affinity], !isGICv2 {
        topology.set(.gicrTyper, index: UInt32(pe), to: type, source: .register)
      }
    }
    // A capture without a write of GICD_CTLR in its first lines began later.
    topology.set(.startsAtReset, to: start.isAtReset ?? false, source: .inferred)
  }

  /// The affinity of each PE: the processor numbers that the Redistributors show; without them the order of affinities,
  /// which is the order in which QEMU makes PEs. While only Aff0 is in use it is the number itself.
  private func affinityTable() -> [UInt32?] {
    guard let highest = affinities.max() else { return [] }
    if highest < 256 { return (0...highest).map { affinities.contains($0) ? $0 : nil } }
    let sorted = affinities.sorted()
    let numbers = sorted.map { processorNumbers[$0] }
    let isComplete = !numbers.contains(nil) && Set(numbers).count == sorted.count
    guard isComplete, let last = numbers.compactMap({ $0 }).max(), last < UInt32(ProcessingElements.limit) else {
      return sorted
    }
    var table = [UInt32?](repeating: nil, count: Int(last) + 1)
    for (affinity, number) in zip(sorted, numbers) { table[Int(number!)] = affinity }
    return table
  }

  private func interfaceTable() -> [UInt32?] {
    let named = distributorType.map { UInt32($0 >> 5 & 7) + 1 } ?? 0
    return (0..<max(named, interfaces)).map { $0 }
  }

  private mutating func setArchitecture(_ isGICv2: Bool) {
    // GICD_TYPER.NMI (IHI 0069H section 12.9.38): only versions of QEMU that have it set it.
    let hasNMI = !isGICv2 && distributorType.map { $0 & 0x200 != 0 } ?? false
    let hasVLPIs = sawGICv4 || redistributorTypes.values.contains { $0 & 2 != 0 }
    let version: Topology.Architecture =
      isGICv2 ? .v2 : hasVLPIs || architectureRevision == 4 ? .v4 : hasNMI ? .v3_3 : .v3
    topology.set(.architecture, to: version, source: .inferred)
    // The machines with a GICv3 that have 256 SPIs: QEMU 7.2 shows 7 in ITLinesNumber, later versions 8.
    let countsAll = !isGICv2 && distributorType.map { $0 & 0x1F == 8 } ?? false
    let profile: Topology.Profile = hasNMI || isNewVersion || countsAll ? .qemu10 : .qemu7
    topology.set(.profile, to: profile, source: .inferred)
    if hasVLPIs { topology.set(.gicrStride, to: 0x4_0000, source: .inferred) }
    if let distributorType {
      topology.set(.gicdTyper, to: distributorType, source: .register)
      topology.set(.itLinesNumber, to: Int(distributorType & 0x1F), source: .register)
      if !isGICv2 { topology.set(.intidBits, to: Int(distributorType >> 19 & 0x1F) + 1, source: .register) }
    }
    if let itsType { topology.set(.gitsTyper, to: itsType, source: .register) }
    if let interfaceType {
      topology.set(.vtr, to: interfaceType, source: .register)
      topology.set(.listRegisters, to: Int(interfaceType & 0x1F) + 1, source: .register)
      topology.set(.preemptionBits, to: Int(interfaceType >> 26 & 7) + 1, source: .register)
    }
  }

  private mutating func setSecurity(_ isGICv2: Bool) {
    // GICD_TYPER.SecurityExtn, bit 10 in both architectures.
    if let distributorType {
      topology.set(.securityStates, to: distributorType & 0x400 != 0 ? .two : .one, source: .register)
    } else if disablesSecurity == true {
      topology.set(.securityStates, to: .one, source: .register)
    } else if sawSecure || sawEL3 {
      topology.set(.securityStates, to: .two, source: .inferred)
    }
    if sawSecure || sawEL3 || topology[.securityStates] == .two {
      topology.set(.hasEL3, to: true, source: .inferred)
    } else if disablesSecurity == true || topology[.securityStates] == .one {
      // QEMU gives a controller one security state exactly when its PEs have no EL3.
      topology.set(.hasEL3, to: false, source: .inferred)
    }
    // A kernel that QEMU starts itself in Non-secure state finds all interrupts in Group 1, as firmware would leave them.
    if !isGICv2, topology[.securityStates] == .two, !sawSecure, !sawEL3, start.isAtReset == true {
      topology.set(.resetToGroup1, to: true, source: .inferred)
    }
    if sawEL2 { topology.set(.hasEL2, to: true, source: .inferred) }
  }
}
