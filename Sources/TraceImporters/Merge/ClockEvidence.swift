/// A difference of the clocks, and by how much it may be wrong.
struct ClockFit {
  var offset: Int64
  var bound: UInt64
  /// Items that fit.
  var inside: Int
  var compared: Int
}

/// Something with a time of the second capture.
protocol Timed {
  var time: UInt64 { get }
}

/// What the first capture shows, into which items of the second fit by the right offset only.
protocol ClockEvidence {
  associatedtype Item: Timed

  /// What an offset says that it was found from.
  var basis: ClockOffset.Basis { get }

  /// The offset within `slack` of `coarse` by which most of the items fit; nil if they are too few.
  func fit(_ items: ArraySlice<Item>, around coarse: Int64, slack: Int64) -> ClockFit?
}

/// Ranges of offsets, one or more for each item, and the stretch that lies in most of them.
struct OffsetRanges {
  private var edges: [(at: Int64, change: Int)] = []

  /// Offsets, both included, by which an item fits.
  mutating func add(_ from: Int64, _ to: Int64) {
    edges.append((from, 1))
    edges.append((to, -1))
  }

  /// The first stretch that lies in as many as any, but for one in two thousand; nil if there is none.
  var best: (from: Int64, to: Int64, count: Int)? {
    let edges = edges.sorted { ($0.at, $1.change) < ($1.at, $0.change) }
    var (holding, best) = (0, 0)
    for edge in edges {
      holding += edge.change
      best = max(best, holding)
    }
    let enough = best - best / 2000
    holding = 0
    var stretch: (from: Int64, to: Int64)?
    for edge in edges {
      let before = holding
      holding += edge.change
      if holding >= enough, before < enough, stretch == nil { stretch = (edge.at, edge.at) }
      if before >= enough, holding < enough { stretch?.to = edge.at }
    }
    return stretch.map { ($0.from, $0.to, best) }
  }
}

extension ClockEvidence {
  /// The offset by which most items fit: without drift if that does, as where both clocks count the same counter; else with
  /// the drift of the capture's parts.
  func offset(_ events: [Item], near coarse: ClockOffset) -> ClockOffset? {
    let middle = events.isEmpty ? 0 : events[events.count / 2].time
    let start = Int64(bitPattern: coarse.apply(middle) &- middle)
    guard let whole = fit(events[...], around: start, slack: 2_000_000) else { return nil }
    var result = ClockOffset(offset: whole.offset)
    (result.bound, result.matched, result.compared) = (whole.bound, whole.inside, whole.compared)
    result.basis = basis
    if whole.inside * 1000 >= whole.compared * 990 { return result }
    let count = 8
    var points: [(x: Double, y: Double)] = []
    var bound: UInt64 = 0
    for part in 0..<count {
      let slice = events[(events.count * part / count)..<(events.count * (part + 1) / count)]
      guard !slice.isEmpty, let fit = fit(slice, around: whole.offset, slack: 2_000_000),
        fit.inside * 100 >= fit.compared * 98
      else { continue }
      points.append((Double(slice[slice.startIndex + slice.count / 2].time), Double(fit.offset - whole.offset)))
      bound = max(bound, fit.bound)
    }
    guard points.count >= 4 else { return whole.inside * 10 >= whole.compared * 9 ? result : nil }
    let (meanX, meanY) = (
      points.map(\.x).reduce(0, +) / Double(points.count), points.map(\.y).reduce(0, +) / Double(points.count)
    )
    let numerator = points.map { ($0.x - meanX) * ($0.y - meanY) }.reduce(0, +)
    let denominator = points.map { ($0.x - meanX) * ($0.x - meanX) }.reduce(0, +)
    result.offset = whole.offset + Int64(meanY)
    result.drift = denominator > 0 ? numerator / denominator : 0
    result.origin = UInt64(meanX)
    result.bound = bound
    return result
  }
}
