extension FindingsAnalyzer {
  /// What `other` knows of interrupts and PEs by now, without its findings and what only those rest on: to go on from
  /// there, and to be asked for ladders. O(interrupts and PEs that occur).
  init(following other: borrowing FindingsAnalyzer) {
    self.init(thresholds: .unlisted)
    interrupts = DenseTable(copying: other.interrupts)
    mishaps = LiveTable(copying: other.mishaps)
    touched = other.touched
    processors = PETable(copying: other.processors)
    waiting = LiveTable(copying: other.waiting)
    lists = LiveTable(copying: other.lists)
    (startsAtReset, hasGaps) = (other.startsAtReset, other.hasGaps)
    (disagreements, contradictionEvent) = (other.disagreements, other.contradictionEvent)
    isPart = other.isPart
    distributor = other.distributor
    sentToNobody = SGICounts(copying: other.sentToNobody)
    refusedSGIs = SGICounts(copying: other.refusedSGIs)
    (lastEvent, lastTime, firstTime) = (other.lastEvent, other.lastTime, other.firstTime)
    services = SpanCounts(copying: other.services)
    deactivations = SpanCounts(copying: other.deactivations)
    waits = SpanCounts(copying: other.waits)
    (msi, unresolved, cleared, lastCommand) = (other.msi, other.unresolved, other.cleared, other.lastCommand)
    invalidateAllEvent = other.invalidateAllEvent
    (itsEnabled, itsDisabledEvent) = (other.itsEnabled, other.itsDisabledEvent)
    itsRestartEvent = other.itsRestartEvent
    accesses.copyCounts(of: other.accesses)
    trail = RegisterTrail(copying: other.trail)
    itsControl = LiveTable(copying: other.itsControl)
    (itsTableTypes, commandFetched) = (other.itsTableTypes, other.commandFetched)
    deviceMappings = LiveTable(copying: other.deviceMappings)
    (unknownCommandEvent, virtualCommandEvent) = (other.unknownCommandEvent, other.virtualCommandEvent)
    (distributorType, distributorIsBusy) = (other.distributorType, other.distributorIsBusy)
    hasRedistributors = other.hasRedistributors
    virtualLPIs = VirtualLPIs(copying: other.virtualLPIs)
    software = SoftwareTrail(copying: other.software)
    handedOn = LiveTable(copying: other.handedOn)
  }

  /// Whether anything is known of a controller.
  var hasTransitions: Bool { interrupts.count > 0 }

  /// Bytes that a copy takes, near enough.
  var footprint: Int {
    interrupts.footprint + mishaps.footprint + processors.footprint + lists.footprint + waiting.footprint
      + virtualLPIs.footprint + software.footprint
  }
}
