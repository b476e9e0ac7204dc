import Analyzers

extension AnalysisReport {
  /// `"virtual"`: guests' interrupts.
  var virtualJSON: JSONValue {
    let v = results.virtual
    return [
      "listed": .number(v.listed), "relisted": .number(v.relisted), "hardware_linked": .number(v.hardwareLinked),
      "acknowledges": .number(v.acknowledges),
      "acknowledges_by_class": .object(
        InterruptClass.allCases.map { .init($0.name, .number(v.acknowledgesByClass[Int($0.rawValue)])) }),
      "direct_acknowledges": .number(v.directAcknowledges), "spurious_acknowledges": .number(v.spuriousAcknowledges),
      "end_of_interrupts": .number(v.endOfInterrupts), "deactivations": .number(v.deactivations),
      "direct_pending": .number(v.directPending), "direct_merged": .number(v.directMerged),
      "latency": .array(
        v.latency.map {
          .object(
            [.init("class", .string($0.interruptClass.name)), .init("stage", .string($0.stage.name))]
              + numbers($0.distribution)
          )
        }
      ),
      "latency_over_time": .array(v.latencyOverTime.map(latencyOverTime)),
      "waits": .array(results.virtualWaits.map(wait)),
      "interrupts": .array(v.interrupts.map(virtualInterrupt)),
      "excluded": [
        "start_unknown": .number(v.exclusions.startUnknown),
        "acknowledge_unknown": .number(v.exclusions.acknowledgeUnknown),
        "physical_unknown": .number(v.exclusions.physicalUnknown), "end_unknown": .number(v.exclusions.endUnknown),
        "across_gap": .number(v.exclusions.acrossGap), "unfinished": .number(v.exclusions.unfinished),
      ],
    ]
  }

  private func virtualInterrupt(_ row: VirtualInterruptCount) -> JSONValue {
    .object(
      domain(row.domain) + [
        .init("intid", .number(UInt64(row.intid))), .init("acknowledges", .number(row.acknowledges)),
        .init("physical_intid", .optional(row.physicalINTID.map(UInt64.init))),
        .init("count", .number(row.toEOI.count)),
        .init("min_ns", .number(row.toEOI.min)), .init("mean_ns", .number(row.toEOI.mean)),
        .init("max_ns", .number(row.toEOI.max)),
      ]
    )
  }
}
