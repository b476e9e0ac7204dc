import Analyzers
import InterruptTrace

extension AnalysisReport {
  /// The object that scripts depend on.
  public var json: JSONValue {
    Document.json(
      command: "analyze",
      trace: trace,
      [
        .init("summary", summary), .init("events_by_kind", eventsByKind),
        .init("acknowledges", .array(results.acknowledges.map(acknowledge))),
        .init("latency", .array(results.latency.map(latency))),
        .init("latency_total", .array(LatencyStage.allCases.compactMap(latencyTotal))),
        .init("latency_over_time", .array(results.latencyOverTime.map(latencyOverTime))),
        .init("latency_by_intid", .array(results.latencyByINTID.map { keyed($0, "intid") })),
        .init("latency_by_pe", .array(results.latencyByPE.map { keyed($0, "pe") })),
        .init("latency_by_device", .array(results.latencyByDevice.map { keyed($0, "device") })),
        .init("waits", .array(results.waits.map(wait))), .init("worst", .array(results.worst.map(long))),
        .init("latency_excluded", exclusions), .init("spurious", .array(results.spurious.map(spurious))),
        .init("findings", .array(results.findings.map { $0.json })),
        .init("findings_unlisted", .number(results.unlistedFindings)),
        .init("gaps", .array(results.gaps.map(gap))), .init("activity", activity),
        .init("virtual", virtualJSON), .init("lr", listRegisterJSON), .init("its", itsJSON), .init("kvm", kvmJSON),
        .init("verify", Verification.json(predictions: predictions)),
      ]
    )
  }

  private func byClass(_ counts: [UInt64]) -> JSONValue {
    .object(InterruptClass.allCases.map { .init($0.name, .number(counts[Int($0.rawValue)])) })
  }

  private var summary: JSONValue {
    let s = results.summary
    return [
      "acknowledges": .number(s.acknowledges), "spurious_acknowledges": .number(s.spuriousAcknowledges),
      "end_of_interrupts": .number(s.endOfInterrupts), "msis": .number(s.msis),
      "its_commands": .number(s.itsCommands), "by_class": byClass(s.acknowledgesByClass),
      "pending_by_class": byClass(s.pendingByClass), "mismatched_ends": .number(s.mismatchedEnds),
      "its_faults": .number(s.itsFaults), "sgis_sent": .number(s.sgisSent),
      "virtual_acknowledges": .number(s.virtualAcknowledges),
      "virtual_spurious_acknowledges": .number(s.virtualSpuriousAcknowledges),
      "virtual_end_of_interrupts": .number(s.virtualEndOfInterrupts),
      "merged": .number(results.exclusions.merged), "guest_errors": .number(s.guestErrors),
      "gaps": .number(results.gapCount), "lost_events": .number(results.lostEvents),
      "its_commands_by_name": .object(
        ITSOpcode.all.compactMap { opcode, name in
          let count = s.itsCommandsByOpcode[Int(opcode)]
          return count == 0 ? nil : .init(name, .number(count))
        }
      ),
    ]
  }

  private var eventsByKind: JSONValue {
    .object(results.eventKinds.map { .init(EventPrinter.kindName($0.kind), .number($0.count)) })
  }

  func domain(_ domain: UInt16) -> [JSONValue.Member] {
    domain == 0 ? [] : [.init("domain", .number(UInt64(domain)))]
  }

  private func acknowledge(_ row: AcknowledgeCount) -> JSONValue {
    .object(
      domain(row.domain) + naming.json(row.pe, domain: row.domain) + [
        .init("intid", .number(UInt64(row.intid))), .init("count", .number(row.count)),
      ]
    )
  }

  // MARK: Latency

  func numbers(_ d: LatencyDistribution) -> [JSONValue.Member] {
    let percentile = d.percentiles
    return [
      .init("count", .number(d.count)), .init("min_ns", .number(d.min)), .init("mean_ns", .number(d.mean)),
      .init("max_ns", .number(d.max)), .init("p50_ns", .number(percentile(50))),
      .init("p90_ns", .number(percentile(90))), .init("p99_ns", .number(percentile(99))),
      .init("p999_ns", .number(percentile(99.9))), .init("p9999_ns", .number(percentile(99.99))),
      .init("buckets", buckets(d.buckets)),
    ]
  }

  private func buckets(_ buckets: [(upper: UInt64, count: UInt64)]) -> JSONValue {
    .array(buckets.map { [.number($0.upper), .number($0.count)] })
  }

  private func latency(_ row: ClassLatency) -> JSONValue {
    .object(
      [.init("class", .string(row.interruptClass.name)), .init("stage", .string(row.stage.name))]
        + numbers(row.distribution)
    )
  }

  private func latencyTotal(_ stage: LatencyStage) -> JSONValue? {
    let total = results.latency(of: stage)
    return total.count == 0 ? nil : .object([.init("stage", .string(stage.name))] + numbers(total))
  }

  func latencyOverTime(_ row: ClassLatencySeries) -> JSONValue {
    let spans = row.series.spans
    return [
      "class": .string(row.interruptClass.name), "start_ns": .number(row.series.start ?? 0),
      "width_ns": .number(row.series.width), "count": .array(spans.map { .number($0.count) }),
      "mean_ns": .array(spans.map { .number($0.mean) }), "max_ns": .array(spans.map { .number($0.worst) }),
    ]
  }

  private func keyed(_ row: KeyedLatency, _ key: String) -> JSONValue {
    let name = key == "pe" ? naming.json(row.key, domain: row.domain) : [.init(key, .number(UInt64(row.key)))]
    return .object(
      domain(row.domain) + name + [
        .init("stage", .string(row.stage.name)), .init("count", .number(row.count)), .init("min_ns", .number(row.min)),
        .init("mean_ns", .number(row.mean)), .init("max_ns", .number(row.max)),
        .init("p50_ns", .optional(row.percentile(50))), .init("p90_ns", .optional(row.percentile(90))),
        .init("p99_ns", .optional(row.percentile(99))), .init("p999_ns", .optional(row.percentile(99.9))),
        .init("p9999_ns", .optional(row.percentile(99.99))), .init("buckets", buckets(row.buckets)),
      ]
    )
  }

  private var exclusions: JSONValue {
    let e = results.exclusions
    return [
      "start_unknown": .number(e.startUnknown), "pending_at_end": .number(e.pendingAtEnd),
      "active_at_end": .number(e.activeAtEnd), "never_ended": .number(e.neverEnded),
      "end_without_acknowledge": .number(e.endWithoutAcknowledge), "withdrawn": .number(e.withdrawn),
      "across_gap": .number(e.acrossGap), "included_resignalled": .number(e.resignalled),
      "included_inferred": .number(e.inferred), "included_backwards": .number(e.backwards),
    ]
  }

  // MARK: Others

  private func spurious(_ row: SpuriousCount) -> JSONValue {
    .object(
      domain(row.domain) + naming.json(row.pe, domain: row.domain) + [
        .init("reason", .string(row.reason.name)), .init("intid", .optional(row.intid.map(UInt64.init))),
        .init("count", .number(row.count)),
      ]
    )
  }

  private func gap(_ gap: Gap) -> JSONValue {
    .object(
      [.init("event", .number(gap.event)), .init("time_ns", .number(gap.time))] + naming.json(gap.pe) + [
        .init("lost", .number(gap.lost))
      ]
    )
  }

  private var activity: JSONValue {
    let a = results.activity
    return [
      "start_ns": .number(a.start), "width_ns": .number(a.width),
      "by_class": .object(
        InterruptClass.allCases.map { .init($0.name, .array(a.byClass[Int($0.rawValue)].map(JSONValue.number))) }),
    ]
  }
}
