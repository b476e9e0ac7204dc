import InterruptTrace

/// The runs of a guest's vCPUs, as its host shows them. What the guest's own trace shows of a vCPU happened in one of them.
struct GuestRuns: ClockEvidence {
  typealias Signal = CaptureSignals.Signal

  private let runs: [UInt32: [(from: Int64, to: Int64)]]
  private let first: Int64
  private let last: Int64

  var basis: ClockOffset.Basis { .guestRuns }

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
  func fit(_ events: ArraySlice<Signal>, around coarse: Int64, slack: Int64) -> ClockFit? {
    var offsets = OffsetRanges()
    var compared = 0
    for event in events {
      let time = Int64(clamping: event.time) &+ coarse
      guard time > first, time < last, let runs = runs[event.pe] else { continue }
      compared += 1
      var at = runs.partitioningIndex { $0.to >= time - slack }
      while at < runs.count, runs[at].from <= time + slack {
        offsets.add(max(runs[at].from - time, -slack), min(runs[at].to - time, slack))
        at += 1
      }
    }
    guard compared >= 64 else { return nil }
    guard let best = offsets.best else { return nil }
    let width = best.to - best.from
    return ClockFit(
      offset: coarse + best.from + width / 3, bound: UInt64(max(0, width - width / 3)), inside: best.count,
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
    let at = runs.partitioningIndex { $0.to >= time }
    return at < runs.count && runs[at].from <= time
  }
}
