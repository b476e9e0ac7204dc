import InterruptTrace

/// The runs of a guest's vCPUs, as its host shows them. What the guest's own trace shows of a vCPU happened in one of them.
struct GuestRuns {
  typealias Signal = CaptureSignals.Signal

  /// A difference of the clocks, and by how much it may be wrong.
  struct Fit {
    var offset: Int64
    var bound: UInt64
    /// Events that lie in a run.
    var inside: Int
    var compared: Int
  }

  private let runs: [UInt32: [(from: Int64, to: Int64)]]
  private let first: Int64
  private let last: Int64

  init(_ runs: [UInt32: [(from: UInt64, to: UInt64)]]) {
    self.runs = runs.mapValues { list in
      list.map { (from: Int64(clamping: $0.from), to: Int64(clamping: $0.to)) }.sorted { $0.from < $1.from }
    }
    first = self.runs.values.compactMap { $0.first?.from }.min() ?? 0
    last = self.runs.values.compactMap { $0.last?.to }.max() ?? 0
  }

  /// The offset within `slack` of `coarse` by which most events lie in runs.
  ///
  /// All offsets of a stretch do as well. `kvm_entry` is traced right before the guest goes on, `kvm_exit` after its
  /// interrupts and timers were taken back: the true offset lies in the first part of the stretch.
  func fit(_ events: ArraySlice<Signal>, around coarse: Int64, slack: Int64) -> Fit? {
    var edges: [(at: Int64, change: Int)] = []
    var compared = 0
    for event in events {
      let time = Int64(clamping: event.time) &+ coarse
      guard time > first, time < last, let runs = runs[event.pe] else { continue }
      compared += 1
      var at = lower(time - slack, runs)
      while at < runs.count, runs[at].from <= time + slack {
        edges.append((max(runs[at].from - time, -slack), 1))
        edges.append((min(runs[at].to - time, slack), -1))
        at += 1
      }
    }
    guard compared >= 64 else { return nil }
    edges.sort { ($0.at, $1.change) < ($1.at, $0.change) }
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
    guard let stretch else { return nil }
    let width = stretch.to - stretch.from
    return Fit(
      offset: coarse + stretch.from + width / 3, bound: UInt64(max(0, width - width / 3)), inside: best,
      compared: compared)
  }

  /// Which of a host's guests each of several recordings is of, where all have one clock: that in whose runs most of the
  /// recording's events lie. No two are of the same; one that is in none is of a guest that the host's does not show.
  static func domains(
    ofGuests steps: [[Signal]], in runs: [UInt16: [UInt32: [(from: UInt64, to: UInt64)]]]
  ) -> [UInt16] {
    let hosts = runs.mapValues(GuestRuns.init)
    var pairs: [(share: Double, guest: Int, domain: UInt16)] = []
    for (guest, events) in steps.enumerated() where !events.isEmpty {
      for (domain, runs) in hosts {
        let inside = events.count { runs.hold($0) }
        if inside > 0 { pairs.append((Double(inside) / Double(events.count), guest, domain)) }
      }
    }
    pairs.sort { ($1.share, $0.guest, $0.domain) < ($0.share, $1.guest, $1.domain) }
    var found: [UInt16?] = steps.map { _ in nil }
    for pair in pairs where found[pair.guest] == nil && !found.contains(pair.domain) { found[pair.guest] = pair.domain }
    // Where the host shows nothing of them they are numbered as they come.
    var next: UInt16 = 1
    return found.map { domain in
      if let domain { return domain }
      while hosts[next] != nil || found.contains(next) { next += 1 }
      defer { next += 1 }
      return next
    }
  }

  /// Whether an event lies in a run of its vCPU.
  private func hold(_ event: Signal) -> Bool {
    guard let runs = runs[event.pe] else { return false }
    let time = Int64(clamping: event.time)
    let at = lower(time, runs)
    return at < runs.count && runs[at].from <= time
  }

  /// The first run that ends at a time or later.
  private func lower(_ time: Int64, _ runs: [(from: Int64, to: Int64)]) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].to < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ClockOffset {
  /// The offset by which a guest's events lie in runs of its vCPUs: without drift if that does, as where both machines count
  /// the same counter; else with the drift of the capture's parts.
  static func find(_ runs: GuestRuns, _ events: [CaptureSignals.Signal], near coarse: ClockOffset) -> ClockOffset? {
    let middle = events.isEmpty ? 0 : events[events.count / 2].time
    let start = Int64(bitPattern: coarse.apply(middle) &- middle)
    guard let whole = runs.fit(events[...], around: start, slack: 2_000_000) else { return nil }
    var result = ClockOffset(offset: whole.offset)
    (result.bound, result.matched, result.compared) = (whole.bound, whole.inside, whole.compared)
    if whole.inside * 1000 >= whole.compared * 990 { return result }
    let count = 8
    var points: [(x: Double, y: Double)] = []
    var bound: UInt64 = 0
    for part in 0..<count {
      let slice = events[(events.count * part / count)..<(events.count * (part + 1) / count)]
      guard !slice.isEmpty, let fit = runs.fit(slice, around: whole.offset, slack: 2_000_000),
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
