import InterruptTrace

/// The caches of one ITS, as far as they can be told from its walks.
final class ITSUnit {
  let domain: UInt16
  let its: Int
  // Nothing that it calls comes back here.
  @exclusivity(unchecked) private var caches: Caches

  init(domain: UInt16, its: Int, shapes: [ITSCacheShape], limit: Int) {
    self.domain = domain
    self.its = its
    caches = Caches(shapes: shapes, limit: limit)
  }

  func take(_ t: Transition, isCounted: Bool) { caches.take(t, isCounted: isCounted) }

  /// Misses of a cache of the first shape.
  func misses(_ table: ITSCacheTable) -> UInt64 { caches.misses(table) }

  /// Look-ups that count as first ones because there were too many different ones.
  var unfollowed: UInt64 { caches.unfollowed }

  var result: ITSCaches {
    var result = ITSCaches(domain: domain, its: its)
    caches.write(to: &result)
    return result
  }

  private struct Caches: ~Copyable {
    private static let tables = ITSCacheTable.allCases.count

    private let shapes: [ITSCacheShape]
    private let counters: UnsafeMutablePointer<MissCounter>
    /// Those of each shape, one for each table.
    private let hardware: UnsafeMutablePointer<SetAssociativeCache>
    private var software: MissCounter
    private var causes = ITSCacheCauses()
    private var softwareCauses = ITSCacheCauses()
    private var devices = ITSDeviceCounters()
    private var agreement = WalkAgreement()
    /// Look-ups of each table by MSIs, then by commands.
    private let lookups: UnsafeMutablePointer<UInt64>
    private let shapeCount: Int
    private var totals = ITSCaches(domain: 0, its: 0)

    init(shapes: [ITSCacheShape], limit: Int) {
      software = MissCounter(limit: limit)
      self.shapes = shapes
      shapeCount = shapes.count
      lookups = .allocate(capacity: Self.tables * 2)
      lookups.initialize(repeating: 0, count: Self.tables * 2)
      counters = .allocate(capacity: Self.tables)
      for i in 0..<Self.tables { (counters + i).initialize(to: MissCounter(limit: limit)) }
      hardware = .allocate(capacity: max(shapes.count * Self.tables, 1))
      for (s, shape) in shapes.enumerated() {
        for table in ITSCacheTable.allCases {
          (hardware + (s * Self.tables + Int(table.rawValue))).initialize(
            to: SetAssociativeCache(entries: shape.entries(of: table) ?? 0, ways: shape.ways))
        }
      }
    }

    var unfollowed: UInt64 { (0..<Self.tables).reduce(0) { $0 + counters[$1].unfollowed } }

    deinit {
      counters.deinitialize(count: Self.tables)
      counters.deallocate()
      hardware.deinitialize(count: shapeCount * Self.tables)
      hardware.deallocate()
      lookups.deallocate()
    }

    mutating func take(_ t: Transition, isCounted: Bool) {
      switch t.kind {
      case .tableWalk: walk(t, t.tableWalk.walk, isCounted)
      case .tableRead: agreement.shows(ITSCacheTable(t.tableRead.table))
      case .itsEnabled where !t.itsEnabled.isEnabled: dropEverything(.itsDisabled, isCounted)
      case .lpisEnabled where !t.lpisEnabled.isEnabled:
        dropConfiguration(nil, .lpisDisabled, isCounted)
        flushSoftware(.lpisDisabled, isCounted)
      case .configurationInvalidated:
        let key = t.intid == INTID.none ? nil : UInt64(t.intid)
        dropConfiguration(key, .invalidatedAtRegister, isCounted)
      case .merged: if isCounted, t.pending.cause == .msi { totals.lpiMatch += 1 }
      default: break
      }
    }

    // MARK: Walks

    private mutating func walk(_ t: Transition, _ walk: TableWalk, _ isCounted: Bool) {
      let reads = walk.reads
      let (device, event) = (t.tableWalk.deviceID, t.tableWalk.eventID)
      if !reads.contains(.isRest) {
        agreement.begins(isCounted: isCounted)
        if isCounted {
          if walk.isMSI { totals.msis += 1 } else { totals.commands += 1 }
          if walk.isMSI { devices.msi(device) }
        }
      }
      if isCounted, reads.contains(.endsInvalid) { totals.invalid += 1 }
      // The last entry in the order of reading is the one that may be invalid.
      let follows = reads.intersection([.event, .collection, .vPE, .target])
      let endsInvalid = reads.contains(.endsInvalid)
      if reads.contains(.device) {
        look(.device, UInt64(device), UInt64(device), walk, isValid: !(endsInvalid && follows.isEmpty), isCounted)
        if reads.contains(.twoLevels) {
          totals.deviceTableHasTwoLevels = true
          if isCounted { totals.uncachedReads += 1 }
        }
      }
      if reads.contains(.event) {
        let isValid = !(endsInvalid && follows == .event)
        let distance = look(
          .event, t.tableWalk.message, UInt64(device ^ event), walk, isValid: isValid, isCounted, group: device)
        if isCounted { devices.reference(device, distance: distance) }
      }
      let owners: ITSCacheTable = reads.contains(.isVirtual) ? .vPE : .collection
      if reads.contains(.collection) || reads.contains(.vPE) {
        let isValid = !endsInvalid || reads.contains(.target)
        look(owners, UInt64(walk.owner), UInt64(walk.owner), walk, isValid: isValid, isCounted)
      }
      if reads.contains(.target) {
        look(owners, UInt64(walk.target), UInt64(walk.target), walk, isValid: !endsInvalid, isCounted)
      }
      if reads.contains(.configuration) {
        look(.lpi, Self.configurationKey(t, walk), UInt64(t.intid), walk, isValid: true, isCounted)
      }
      translate(t, walk, isCounted)
      if !endsInvalid { invalidate(t, walk, isCounted) }
    }

    /// A vLPI is its vPE's own.
    private static func configurationKey(_ t: Transition, _ walk: TableWalk) -> UInt64 {
      UInt64(t.intid) | (walk.reads.contains(.isVirtual) ? 1 << 40 | UInt64(walk.owner) << 24 : 0)
    }

    @discardableResult
    private mutating func look(
      _ table: ITSCacheTable, _ key: UInt64, _ index: UInt64, _ walk: TableWalk, isValid: Bool, _ isCounted: Bool,
      group: UInt32? = nil
    ) -> Int {
      let n = Int(table.rawValue)
      if isCounted {
        lookups[walk.isMSI ? n : Self.tables + n] += 1
        totals.uncachedReads += 1
      }
      agreement.walks(table)
      let outcome = counters[n].reference(key, group: group, isValid: isValid, isCounted: isCounted)
      // What was looked up last comes first in its set, whatever the cache's shape: that hits, and changes nothing. Unless it
      // is not known to be the last, as others are not followed.
      if outcome.distance == 1, counters[n].unfollowed == 0 { return 1 }
      if outcome.cause != 0, isCounted { causes.fetchedAgain(outcome.cause) }
      for s in 0..<shapeCount where hardware[s * Self.tables + n].isSimulated {
        hardware[s * Self.tables + n].reference(key, index: index, isValid: isValid, isCounted: isCounted)
      }
      return outcome.distance
    }

    // MARK: Invalidations

    private mutating func invalidate(_ t: Transition, _ walk: TableWalk, _ isCounted: Bool) {
      let device = t.tableWalk.deviceID
      let cause = walk.opcode
      switch walk.effect {
      case .device:
        drop(.device, UInt64(device), UInt64(device), cause, isCounted)
        counters[Int(ITSCacheTable.event.rawValue)].drop(group: device, cause: cause) { key in
          if isCounted { causes.dropped(cause, 1) }
          dropFromShapes(.event, key, UInt64(device ^ UInt32(truncatingIfNeeded: key)))
        }
      case .event: drop(.event, t.tableWalk.message, UInt64(device ^ t.tableWalk.eventID), cause, isCounted)
      case .collection: drop(.collection, UInt64(walk.owner), UInt64(walk.owner), cause, isCounted)
      case .vPE: drop(.vPE, UInt64(walk.owner), UInt64(walk.owner), cause, isCounted)
      case .configuration:
        guard t.intid != INTID.none else { return }
        drop(.lpi, Self.configurationKey(t, walk), UInt64(t.intid), cause, isCounted)
      case .allConfiguration:
        dropConfiguration(nil, ITSCacheCause(rawValue: cause), isCounted)
        return
      case .nothing: return
      }
      if isCounted { causes.came(cause) }
    }

    private mutating func drop(
      _ table: ITSCacheTable, _ key: UInt64, _ index: UInt64, _ cause: UInt8, _ isCounted: Bool
    ) {
      if counters[Int(table.rawValue)].drop(key, cause: cause), isCounted { causes.dropped(cause, 1) }
      dropFromShapes(table, key, index)
    }

    private func dropFromShapes(_ table: ITSCacheTable, _ key: UInt64, _ index: UInt64) {
      for s in 0..<shapeCount {
        let cache = hardware + (s * Self.tables + Int(table.rawValue))
        if cache.pointee.isSimulated { cache.pointee.drop(key, index: index) }
      }
    }

    private mutating func dropConfiguration(_ key: UInt64?, _ cause: ITSCacheCause, _ isCounted: Bool) {
      if isCounted { causes.came(cause.rawValue) }
      if let key {
        drop(.lpi, key, key, cause.rawValue, isCounted)
      } else {
        dropAll(.lpi, cause, isCounted)
      }
    }

    private mutating func dropAll(_ table: ITSCacheTable, _ cause: ITSCacheCause, _ isCounted: Bool) {
      let dropped = counters[Int(table.rawValue)].dropAll(cause: cause.rawValue)
      guard dropped > 0 else { return }
      if isCounted { causes.dropped(cause.rawValue, dropped) }
      for s in 0..<shapeCount { hardware[s * Self.tables + Int(table.rawValue)].dropAll() }
    }

    /// Tables may change while the ITS is disabled. The Redistributors keep what they have.
    private mutating func dropEverything(_ cause: ITSCacheCause, _ isCounted: Bool) {
      if isCounted { causes.came(cause.rawValue) }
      for table in ITSCacheTable.allCases where table != .lpi { dropAll(table, cause, isCounted) }
      flushSoftware(cause, isCounted)
    }

    // MARK: KVM's translation cache

    /// MSIs look physical translations up and keep them; INT keeps them too, without looking. Directly injected ones
    /// (GICv4) never come here.
    private mutating func translate(_ t: Transition, _ walk: TableWalk, _ isCounted: Bool) {
      let reads = walk.reads
      if !reads.contains(.isVirtual), walk.isMSI || walk.isINT {
        if reads.contains(.configuration) {
          let outcome = software.reference(t.tableWalk.message, isValid: true, isCounted: isCounted && walk.isMSI)
          if outcome.cause != 0, isCounted, walk.isMSI { softwareCauses.fetchedAgain(outcome.cause) }
        } else if walk.isMSI, reads.contains(.endsInvalid) {
          _ = software.reference(t.tableWalk.message, isValid: false, isCounted: isCounted)
        }
      }
      if walk.flushesTranslations { flushSoftware(ITSCacheCause(rawValue: walk.opcode), isCounted) }
    }

    private mutating func flushSoftware(_ cause: ITSCacheCause, _ isCounted: Bool) {
      let dropped = software.dropAll(cause: cause.rawValue)
      guard isCounted else { return }
      softwareCauses.came(cause.rawValue)
      softwareCauses.dropped(cause.rawValue, dropped)
    }

    // MARK: Results

    func misses(_ table: ITSCacheTable) -> UInt64 { shapeCount > 0 ? hardware[Int(table.rawValue)].misses : 0 }

    func write(to result: inout ITSCaches) {
      result.msis = totals.msis
      result.commands = totals.commands
      result.lpiMatch = totals.lpiMatch
      result.invalid = totals.invalid
      result.uncachedReads = totals.uncachedReads
      result.deviceTableHasTwoLevels = totals.deviceTableHasTwoLevels
      for table in ITSCacheTable.allCases {
        let n = Int(table.rawValue)
        let curve = counters[n].curve
        guard curve.references > 0 else { continue }
        result.tables.append(.init(table: table, byMSI: lookups[n], byCommand: lookups[Self.tables + n], curve: curve))
      }
      result.shapes = shapes.enumerated().map { s, shape in
        ITSCaches.Shape(
          shape: shape,
          caches: ITSCacheTable.allCases.compactMap { table in
            let cache = hardware + (s * Self.tables + Int(table.rawValue))
            guard cache.pointee.isSimulated else { return nil }
            // Each of them sees every look-up of its table.
            let n = Int(table.rawValue)
            return (table, lookups[n] + lookups[Self.tables + n], cache.pointee.misses)
          }
        )
      }
      result.devices = devices.rows
      result.invalidations = causes.rows
      result.software = software.curve
      result.softwareFlushes = softwareCauses.rows
      result.agreement = agreement.rows
    }
  }
}
