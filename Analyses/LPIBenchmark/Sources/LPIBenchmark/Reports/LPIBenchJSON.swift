import InterruptTrace
import Reports

extension LPIBenchmarkReport {
  /// The object that scripts depend on.
  public var json: ValueTree {
    [
      "schema": .number(Document.schema), "command": "bench lpi", "caveat": .text(Self.caveat),
      "seed": .number(options.seed),
      "default": .text(contenders.first?.name ?? ""),
      "stores": .list(contenders.map { ["name": .text($0.name), "summary": .text($0.summary)] }),
      "disagreements": .list(disagreements.map { .text($0) }),
      "results": .list(measurements.map(json)),
    ]
  }

  private func json(_ one: LPIMeasurement) -> ValueTree {
    [
      "store": .text(one.store), "population": .text(one.population), "operation": .text(one.operation),
      "lpis": .number(UInt64(one.lpiCount)), "median_ns": fraction(one.median),
      "min_ns": fraction(one.nanoseconds.first), "max_ns": fraction(one.nanoseconds.last),
      "spread": .fraction(one.spread), "samples": .number(UInt64(one.nanoseconds.count)),
      "operations": .number(UInt64(one.operations)), "ratio_to_best": fraction(ratioToBest(one)),
      "ratio_to_default": fraction(ratioToDefault(one)), "idle_bytes_per_lpi": .fraction(one.idleBytesPerLPI),
      "peak_bytes_per_lpi": fraction(one.peakBytesPerLPI), "partial": .bool(one.isPartial),
      "too_slow": .bool(one.isTooSlow),
    ]
  }

  private func fraction(_ value: Double?) -> ValueTree { value.map { .fraction($0) } ?? .unknown }
}
