import Analyzers
import InterruptTrace

/// Columns that many tables have.
extension Columns {
  /// Whose interrupt it is; JSON leaves out the physical controller.
  @discardableResult func domain(_ value: @escaping @Sendable (Row) -> UInt16) -> Self {
    number("domain", "0 for the physical controller, n for guest n", value).omitted(.number(0))
  }

  /// A PE by its linear number, in JSON with its affinity where that is another number.
  @discardableResult func pe(
    _ doc: String = "linear number of the PE", shown title: String? = "PE",
    _ value: @escaping @Sendable (Row) -> (pe: UInt32, domain: UInt16)
  ) -> Self {
    let number = Columns().number("pe", doc, shown: title) { value($0).pe == PE.none ? nil : value($0).pe }.orNull()
      .with {
        $0.text = { row, naming in naming.text(value(row).pe, domain: value(row).domain) }
      }
    let affinity = Column<Row>(
      name: "affinity", key: "affinity", unit: .number, doc: "the PE's affinity, where it is not its number",
      forms: .json, omitted: .unknown
    ) { row, naming in .optional(naming.affinity(of: value(row).pe, domain: value(row).domain).map(UInt64.init)) }
    return add(number.all + [affinity])
  }

  /// The class of an INTID.
  @discardableResult func interruptClass(
    _ doc: String = "SGI, PPI, SPI or LPI", shown title: String? = "class",
    _ value: @escaping @Sendable (Row) -> InterruptClass?
  ) -> Self { text("class", doc, shown: title) { value($0)?.name } }

  /// Latencies: count, extremes, mean and percentiles, and in JSON the buckets they come from, or other ones.
  @discardableResult func distribution<Samples: SampleStatistics>(
    buckets: (@Sendable (Samples) -> [SampleBucket])? = nil, _ value: @escaping @Sendable (Row) -> Samples
  ) -> Self {
    let columns = Columns()
    columns.count("count", "samples") { value($0).count }
    columns.duration("min_ns", "the least") { value($0).min }
    columns.duration("mean_ns", "the arithmetic mean") { value($0).mean }
    columns.duration("max_ns", "the greatest") { value($0).max }
    for (name, percent) in [("p50", 50), ("p90", 90), ("p99", 99), ("p999", 99.9), ("p9999", 99.99)] {
      columns.duration("\(name)_ns", "the value that \(percent) % of the samples do not exceed") {
        value($0).knownPercentile(percent)
      }.orNull()
    }
    columns.pairs("buckets", "`[greatest value, samples]` of every bucket, ascending") { row in
      (buckets?(value(row)) ?? value(row).buckets).map { ($0.upper, $0.count) }
    }
    return add(columns.all).with { $0.isOfDistribution = true }
  }

  /// What people see of samples: the median, the 99th percentile and the greatest, under headings of which the first begins
  /// with `lead`.
  @discardableResult func percentiles(
    _ lead: String = "", _ value: @escaping @Sendable (Row) -> some SampleStatistics
  ) -> Self {
    for (title, percent) in [(lead + "p50", 50.0), ("p99", 99)] {
      duration(shown: title) { value($0).count > 0 ? value($0).percentile(percent) : nil }
        .with { $0.percentile = { PagePercentile(percent, of: value($0)) } }
    }
    return duration(shown: "max") { value($0).count > 0 ? value($0).max : nil }
  }
}

/// The names of an enumeration's cases by raw value: asking the runtime for one takes longer than writing a row.
struct CaseNames: Sendable {
  private let names: [String]

  init<Case: RawRepresentable<UInt8>>(_ type: Case.Type) {
    names = (UInt8.min...UInt8.max).map { number in Case(rawValue: number).map { "\($0)" } ?? "\(number)" }
  }

  subscript(_ number: UInt8) -> String { names[Int(number)] }

  static let transition = CaseNames(TransitionKind.self)
  static let provenance = CaseNames(Provenance.self)
  static let cause = CaseNames(PendingCause.self)
}
