/// Every table of results. A new one is a value of ``ResultTable`` in an extension of this type, and a line in ``all``.
enum ResultTables {
  /// In the order in which the database, the JSON report and the documentation have them.
  static let all: [any AnyResultTable] = [
    trace, origin, originFiles, summary, summaryCounts, eventKinds, activity,
    interrupts, guestInterrupts, stages, acknowledges, busiest, pes, runningAtEnd, spurious, gaps,
    latency, latencyTotal, latencyOverTime, latencyByINTID, latencyByPE, latencyByDevice, devices, waits, worst,
    latencyExcluded, findings, findingConditions, unlistedFindings, beyondLimits,
    virtual, virtualLatency, virtualInterrupts, lr, lrBanks, lrUse, lrOccupancy,
    its, itsTables, itsMisses, itsCaches, itsInvalidations, translations, mappings,
    kvm, guestExits, guestRegisters, guestDevices, guestVCPUs, guestLines, guestDelays,
    kernel, kernelHandlers, kernelActions, kernelIPIs, kernelSoftirqs, kernelPEs, interruptedTasks, verify, predictions,
  ]

  /// Only on request: it may have as many rows as the capture has events.
  static let onRequest: [any AnyResultTable] = [transitions]
}
