import InterruptTrace

/// A vCPU's list registers from a fill to the fold behind it.
struct ListRegisterSpan: Timed {
  /// When the last was filled.
  var from: UInt64
  /// When the first was taken back.
  var to: UInt64
  var owner: UInt64

  var time: UInt64 { from }
}

/// The entries of a host's vCPUs, against which another tracer's lines about list registers of the same host are laid: one
/// entry lies between a fill and the fold behind it. (Of the exit, the fold comes first; before Linux 4.8 it came second.)
struct ListRegisterRuns: ClockEvidence {
  private let runs: [UInt64: [(from: Int64, to: Int64)]]
  let spans: [ListRegisterSpan]

  var basis: ClockOffset.Basis { .listRegisters }

  /// Nil if the first has no runs of guests, or the second some, or no list registers.
  init?(_ first: CaptureSignals, _ second: CaptureSignals) {
    guard !first.runs.isEmpty, second.runs.isEmpty, !second.lists.isEmpty else { return nil }
    var runs: [UInt64: [(from: Int64, to: Int64)]] = [:]
    for (domain, vcpus) in first.runs {
      for (vcpu, list) in vcpus {
        runs[UInt64(domain) << 32 | UInt64(vcpu)] =
          list.map { (from: Int64(clamping: $0.from), to: Int64(clamping: $0.to)) }.sorted { $0.from < $1.from }
      }
    }
    self.runs = runs
    var filled: [UInt64: UInt64] = [:]
    var spans: [ListRegisterSpan] = []
    for line in second.lists {
      guard let owner = line.owner ?? first.vcpus[line.thread] else { continue }
      if line.isFill {
        filled[owner] = line.time
      } else if let from = filled.removeValue(forKey: owner) {
        spans.append(ListRegisterSpan(from: from, to: line.time, owner: owner))
      }
    }
    self.spans = spans
  }

  /// Where both tracers use one clock, as mostly, no offset fits: it is taken then.
  func fit(_ spans: ArraySlice<ListRegisterSpan>, around coarse: Int64, slack: Int64) -> ClockFit? {
    var offsets = OffsetRanges()
    var compared = 0
    for span in spans {
      guard let runs = runs[span.owner] else { continue }
      let (fill, fold) = (Int64(clamping: span.from) &+ coarse, Int64(clamping: span.to) &+ coarse)
      var at = runs.partitioningIndex { $0.to >= fill - slack }
      if at < runs.count { compared += 1 }
      while at < runs.count, runs[at].from <= fold + slack {
        let before = at > 0 ? runs[at - 1].from : .min / 2
        let after = at + 1 < runs.count ? runs[at + 1].from : .max / 2
        let from = max(runs[at].from - fold, before - fill, -slack)
        let to = min(runs[at].from - fill, after - fold, slack)
        if from <= to { offsets.add(from, to) }
        at += 1
      }
    }
    guard compared >= 8, let best = offsets.best else { return nil }
    let isNone = best.from <= -coarse && -coarse <= best.to
    return ClockFit(
      offset: isNone ? 0 : coarse + (best.from + best.to) / 2, bound: UInt64(best.to - best.from) / (isNone ? 1 : 2),
      inside: best.count, compared: compared)
  }

  /// None if the lines fit as they are; else the offset by when registers are filled and guests entered, and then by what fits.
  var offset: ClockOffset? {
    let none = ClockOffset(offset: 0)
    if let found = offset(spans, near: none), found.offset == 0, found.drift == 0 { return found }
    func signal(_ time: UInt64, _ pe: UInt32) -> CaptureSignals.Signal { .init(time: time, pe: pe, number: 0) }
    // The correlation tells the two kinds apart by what it takes for a PE.
    let ours = runs.values.joined().flatMap { [signal(UInt64($0.from), 0), signal(UInt64($0.to), 1)] }
    let theirs = spans.flatMap { [signal($0.from, 0), signal($0.to, 1)] }
    guard let near = ClockCorrelation(ours, theirs).offset else { return nil }
    return offset(spans, near: near)
  }
}
