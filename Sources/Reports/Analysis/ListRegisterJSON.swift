import Analyzers

extension AnalysisReport {
  /// `"lr"`: list registers. Index n of a distribution stands for n list registers in use; times are in ns.
  var listRegisterJSON: JSONValue {
    let use = results.listRegisters
    return [
      "banks": .array(use.banks.map(bank)),
      "over_time": [
        "start_ns": .number(use.overTime.start), "width_ns": .number(use.overTime.width),
        "used_ns": .array(use.overTime.used.map(JSONValue.number)),
        "most": .array(use.overTime.most.map { .number(UInt64($0)) }),
      ],
      "waits": .object(numbers(use.waits)), "waiting_at_end": .number(use.waitingAtEnd),
      "possible_waits": .object(numbers(use.possibleWaits)),
    ]
  }

  private func bank(_ bank: ListRegisterBank) -> JSONValue {
    .object(
      domain(bank.domain) + naming.json(bank.pe, domain: bank.domain) + [
        .init("in_use_enabled_ns", .array(bank.timeEnabled.map(JSONValue.number))),
        .init("in_use_ns", .array(bank.time.map(JSONValue.number))), .init("most", .number(UInt64(bank.most))),
        .init("entries", .number(bank.entries)),
        .init("entries_by_most", .array(bank.entriesByMost.map(JSONValue.number))),
        .init("entries_with_more_waiting", .number(bank.entriesWithMoreWaiting)), .init("writes", .number(bank.writes)),
        .init("fills", .number(bank.fills)), .init("overwritten", .number(bank.overwritten)),
        .init("overflows", .number(bank.overflows)),
        .init("ends_without_list_register", .number(bank.endsWithoutListRegister)),
        .init("maintenance", .number(bank.maintenance)),
        .init(
          "maintenance_by_cause",
          .object(MaintenanceCause.allCases.map { .init($0.name, .number(bank.maintenanceByCause[Int($0.rawValue)])) })
        ),
      ]
    )
  }
}
