import InterruptTrace

extension DiffReport {
  /// The object that scripts depend on.
  public var json: ValueTree {
    Document.json(
      command: "diff",
      trace: nil,
      [
        .init("before", side(before)), .init("after", side(after)), .init("noise", .text(DiffNoise.explanation)),
        .init("different", .bool(isDifferent)), .init("slower", .bool(isSlower)),
        .init("latency", .list(classes.map(latency))), .init("latency_by_intid", .list(intids.map(latency))),
        .init("intids_compared", .number(UInt64(comparedINTIDs))), .init("rates", .list(rates.map(rate))),
        .init(
          "findings",
          [
            "new": .list(newFindings.map(\.document)), "gone": .list(goneFindings.map(\.document)),
            "changed": .list(changedFindings.map { ["before": $0.before.document, "after": $0.after.document] }),
          ]
        ),
      ]
    )
  }

  private func side(_ side: DiffSide) -> ValueTree {
    ["path": .text(side.path), "events": .number(side.events), "duration_ns": .number(side.duration)]
  }

  private func latency(_ row: LatencyChange) -> ValueTree {
    var members: [ValueTree.Member] = [.init("class", .text(row.key.interruptClass))]
    if row.key.domain != 0 { members.append(.init("domain", .number(row.key.domain))) }
    if let intid = row.key.intid { members.append(.init("intid", .number(intid))) }
    members += [
      .init("stage", .text(row.key.stage)), .init("count", [.number(row.before.count), .number(row.after.count)]),
      .init("mean_ns", [.number(row.before.mean), .number(row.after.mean)]),
      .init("max_ns", [.number(row.before.max), .number(row.after.max)]),
    ]
    for quantile in row.quantiles {
      members.append(
        .init(
          quantile.name,
          [
            "before_ns": .number(quantile.before), "after_ns": .number(quantile.after),
            "change": .text(quantile.change.rawValue),
          ]
        )
      )
    }
    return .object(members)
  }

  private func rate(_ row: RateChange) -> ValueTree {
    [
      "name": .text(row.name), "count": [.number(row.before), .number(row.after)],
      "per_second": .list([row.rateBefore, row.rateAfter].map { $0.map(ValueTree.fraction) ?? .unknown }),
      "change": .text(row.change.rawValue),
    ]
  }
}
