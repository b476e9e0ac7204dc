import Reports

extension LPIBenchmarkReport {
  /// The object that scripts depend on.
  public var json: JSONValue {
    [
      "schema": .number(Document.schema), "command": "bench lpi", "caveat": .string(Self.caveat),
      "seed": .number(options.seed),
      "default": .string(contenders.first?.name ?? ""),
      "stores": .array(contenders.map { ["name": .string($0.name), "summary": .string($0.summary)] }),
      "disagreements": .array(disagreements.map { .string($0) }),
      "results": .array(measurements.map(json)),
    ]
  }

  private func json(_ one: LPIMeasurement) -> JSONValue {
    [
      "store": .string(one.store), "population": .string(one.population), "operation": .string(one.operation),
      "lpis": .number(UInt64(one.lpiCount)), "median_ns": fraction(one.median),
      "min_ns": fraction(one.nanoseconds.first), "max_ns": fraction(one.nanoseconds.last),
      "spread": .fraction(one.spread), "samples": .number(UInt64(one.nanoseconds.count)),
      "operations": .number(UInt64(one.operations)), "ratio_to_best": fraction(ratioToBest(one)),
      "ratio_to_default": fraction(ratioToDefault(one)), "idle_bytes_per_lpi": .fraction(one.idleBytesPerLPI),
      "peak_bytes_per_lpi": fraction(one.peakBytesPerLPI), "partial": .bool(one.isPartial),
      "too_slow": .bool(one.isTooSlow),
    ]
  }

  private func fraction(_ value: Double?) -> JSONValue { value.map { .fraction($0) } ?? .null }
}
