extension DiffReport {
  /// The object that scripts depend on.
  public var json: JSONValue {
    Document.json(
      command: "diff",
      trace: nil,
      [
        .init("before", side(before)), .init("after", side(after)), .init("noise", .string(DiffNoise.explanation)),
        .init("different", .bool(isDifferent)), .init("slower", .bool(isSlower)),
        .init("latency", .array(classes.map(latency))), .init("latency_by_intid", .array(intids.map(latency))),
        .init("intids_compared", .number(UInt64(comparedINTIDs))), .init("rates", .array(rates.map(rate))),
        .init(
          "findings",
          [
            "new": .array(newFindings.map(\.document)), "gone": .array(goneFindings.map(\.document)),
            "changed": .array(changedFindings.map { ["before": $0.before.document, "after": $0.after.document] }),
          ]
        ),
      ]
    )
  }

  private func side(_ side: DiffSide) -> JSONValue {
    ["path": .string(side.path), "events": .number(side.events), "duration_ns": .number(side.duration)]
  }

  private func latency(_ row: LatencyChange) -> JSONValue {
    var members: [JSONValue.Member] = [.init("class", .string(row.key.interruptClass))]
    if row.key.domain != 0 { members.append(.init("domain", .number(row.key.domain))) }
    if let intid = row.key.intid { members.append(.init("intid", .number(intid))) }
    members += [
      .init("stage", .string(row.key.stage)), .init("count", [.number(row.before.count), .number(row.after.count)]),
      .init("mean_ns", [.number(row.before.mean), .number(row.after.mean)]),
      .init("max_ns", [.number(row.before.max), .number(row.after.max)]),
    ]
    for quantile in row.quantiles {
      members.append(
        .init(
          quantile.name,
          [
            "before_ns": .number(quantile.before), "after_ns": .number(quantile.after),
            "change": .string(quantile.change.rawValue),
          ]
        )
      )
    }
    return .object(members)
  }

  private func rate(_ row: RateChange) -> JSONValue {
    [
      "name": .string(row.name), "count": [.number(row.before), .number(row.after)],
      "per_second": [row.rateBefore.map(JSONValue.fraction) ?? .null, row.rateAfter.map(JSONValue.fraction) ?? .null],
      "change": .string(row.change.rawValue),
    ]
  }
}
