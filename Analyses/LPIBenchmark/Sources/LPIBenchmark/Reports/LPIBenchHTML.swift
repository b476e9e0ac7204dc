import Reports

extension LPIBenchmarkReport {
  /// The picture alone, as an SVG file.
  public var svg: String { LPIBenchPicture(self).svg }

  /// A page that needs nothing but itself: pictures, and a table of every figure.
  public var html: String {
    var out = """
      <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>LPI stores</title>
      <meta name="viewport" content="width=device-width"><style>\(HTMLStyle.css)</style></head><body>
      <h1>LPI stores</h1><p class="faint">\(Self.caveat.escapedForHTML)</p>

      """
    for workload in disagreements {
      out += "<p class=\"bad\">\(workload.escapedForHTML): the stores gave different answers; this is a bug.</p>\n"
    }
    out += "<h2>Time</h2>\n<div class=\"scroll\">\(LPIBenchPicture(self).svg)</div>\n"
    let scatters = scatterWorkloads.compactMap { LPIBenchScatter(self, workload: $0)?.svg }
    if !scatters.isEmpty { out += "<h2>Memory and time</h2>\n" + scatters.joined() }
    out += "<h2>Stores</h2>\n"
    var stores = HTMLTable([("store", false), ("what it is", false)])
    for contender in contenders { stores.add([contender.name, contender.summary]) }
    out += stores.html + "<h2>Figures</h2>\n"
    for population in populations { out += figures(population) }
    return out + "</body></html>\n"
  }

  /// The largest population of each kind of allocation, looked up at random.
  private var scatterWorkloads: [String] {
    measurements.filter { $0.operation == "lookup-random" && $0.store == contenders.first?.name }.map(\.workload)
  }

  private func figures(_ population: String) -> String {
    var table = HTMLTable([
      ("store", false), ("ns", true), ("±", true), ("of the best", true), ("of the default", true),
      ("B/LPI idle", true),
      ("B/LPI peak", true),
    ])
    for operation in operations(population) {
      table.addHeading(operation)
      for contender in contenders {
        guard let one = self[contender.name, "\(population)/\(operation)"] else { continue }
        table.add([
          one.store, one.median.map { LPIBenchText.nanoseconds($0) } ?? "too slow to fill",
          one.median == nil ? "" : Units.fixed(one.spread * 100, 0) + " %",
          ratioToBest(one).map { LPIBenchText.ratio($0) } ?? "",
          ratioToDefault(one).map { LPIBenchText.ratio($0) } ?? "",
          one.idleBytesPerLPI.isFinite ? LPIBenchText.bytes(one.idleBytesPerLPI) : "",
          one.peakBytesPerLPI.map { LPIBenchText.bytes($0) } ?? "",
        ])
      }
    }
    return "<h3>\(population.escapedForHTML)</h3>\n" + table.html
  }
}
