/// How the times of one capture become those of another of the same run: `other = time + offset + drift * (time - origin)`.
public struct ClockOffset: Equatable, Sendable {
  /// Nanoseconds that are added.
  public var offset: Int64
  /// Nanoseconds that a nanosecond adds, beside the offset.
  public var drift: Double
  /// Where the offset is exact.
  public var origin: UInt64
  /// Signals of the second capture that have a partner in the first, and how many there are.
  public var matched: Int
  /// Signals that were compared.
  public var compared: Int
  /// Half of the matched signals follow their partner within this, in ns.
  public var spread: UInt64

  /// What an offset was found from.
  public enum Basis: Sendable {
    /// Interrupts that both captures show, or what the capture itself says.
    case interrupts
    /// A guest's events, each in a run of its vCPU.
    case guestRuns
    /// List registers, with one entry of their vCPU between fill and fold.
    case listRegisters
  }
  /// What the offset was found from.
  public var basis = Basis.interrupts

  /// By how much the offset may be wrong, in ns; nil if that is not known.
  public var bound: UInt64?

  /// An offset that is given.
  public init(offset: Int64) {
    self.offset = offset
    drift = 0
    origin = 0
    matched = 0
    compared = 0
    spread = 0
  }

  /// A time of the second capture on the first's clock.
  @inline(__always) public func apply(_ time: UInt64) -> UInt64 {
    var shift = offset
    if drift != 0 { shift &+= Int64(drift * (Double(time) - Double(origin))) }
    return time.addingReportingOverflow(UInt64(bitPattern: shift)).partialValue
  }

  /// That of the first capture on the second's clock, where there is no drift to speak of.
  var reversed: ClockOffset {
    var result = self
    (result.offset, result.drift) = (-offset, 0 - drift)
    result.origin = apply(origin)
    return result
  }

  /// Finds the offset between two captures of the same machine, or of a machine and its guest `domain`.
  ///
  /// The differences of all pairs of signals of one PE are counted in steps: those of true pairs meet in one, all others
  /// spread. What is found is refined with the nearest partners, in parts of the capture for the drift.
  ///
  /// - Returns: nil if there are too few signals, or no difference stands out.
  public static func find(_ first: CaptureSignals, _ second: CaptureSignals, guest domain: UInt16) -> ClockOffset? {
    if domain == 0 {
      if let runs = ListRegisterRuns(first, second) { return runs.offset }
      if let runs = ListRegisterRuns(second, first) { return runs.offset?.reversed }
    }
    let theirs = second.handlers.isEmpty ? second.acknowledges : second.handlers
    let ours =
      domain != 0
      ? first.entries[domain] ?? [] : first.acknowledges.isEmpty ? first.handlers : first.acknowledges
    let coarse = second.timeShift.map { ClockOffset(offset: $0) }
    guard domain != 0, let runs = first.runs[domain] else {
      return ClockCorrelation(ours, theirs).offset ?? (domain != 0 ? coarse : nil)
    }
    guard let near = coarse ?? ClockCorrelation(ours, theirs).offset else { return nil }
    // A guest's event lies between an entry and an exit of its vCPU.
    return GuestRuns(runs).offset(second.steps, near: near) ?? near
  }
}

/// The search for the offset between two rows of signals.
struct ClockCorrelation {
  typealias Signal = CaptureSignals.Signal

  private let ours: [UInt32: [UInt64]]
  private let theirs: [Signal]

  /// Signals of the second row that the coarse search takes.
  private static let sampleLimit = 1500
  /// The coarse step in ns.
  private static let step: Int64 = 100_000
  private static let binLimit = 1 << 26

  init(_ ours: [Signal], _ theirs: [Signal]) {
    var byPE: [UInt32: [UInt64]] = [:]
    for signal in ours { byPE[signal.pe, default: []].append(signal.time) }
    for pe in byPE.keys { byPE[pe]!.sort() }
    self.ours = byPE
    self.theirs = theirs.filter { byPE[$0.pe] != nil }
  }

  /// The offset, or nil.
  var offset: ClockOffset? {
    guard theirs.count >= 16, let coarse else { return nil }
    return refine(coarse)
  }

  /// The step in which most differences meet.
  private var coarse: Int64? {
    let stride = max(1, theirs.count / Self.sampleLimit)
    let sample = Swift.stride(from: 0, to: theirs.count, by: stride).map { theirs[$0] }
    guard let first = ours.values.compactMap(\.first).min(), let last = ours.values.compactMap(\.last).max(),
      let low = theirs.map(\.time).min(), let high = theirs.map(\.time).max()
    else { return nil }
    let base = Int64(clamping: first) - Int64(clamping: high)
    let span = Int64(clamping: last) - Int64(clamping: low) - base
    guard span >= 0, span / Self.step < Int64(Self.binLimit) else { return nil }
    var bins = [UInt16](repeating: 0, count: Int(span / Self.step) + 2)
    for signal in sample {
      for time in ours[signal.pe]! {
        let bin = Int((Int64(clamping: time) - Int64(clamping: signal.time) - base) / Self.step)
        bins[bin] &+= bins[bin] < .max ? 1 : 0
      }
    }
    var best = 0
    var bestCount = 0
    var total: UInt64 = 0
    for bin in 0..<(bins.count - 1) {
      // A true difference near the edge of a step falls into two.
      let count = Int(bins[bin]) + Int(bins[bin + 1])
      total += UInt64(bins[bin])
      if count > bestCount {
        best = bin
        bestCount = count
      }
    }
    // It stands out if chance would hardly give it: several deviations above what a busy step holds.
    let average = Double(total) / Double(bins.count) * 2
    let center = Double(min(sample.count, ours.values.map(\.count).reduce(0, +)))
    guard Double(bestCount) > max(8, average + 8 * average.squareRoot(), center / 8) else { return nil }
    return base + Int64(best + 1) * Self.step
  }

  /// The nearest partners' differences around a coarse offset, in parts of the capture.
  private func refine(_ coarse: Int64) -> ClockOffset? {
    var pairs: [(time: UInt64, difference: Int64)] = []
    for signal in theirs {
      guard let time = nearest(Int64(clamping: signal.time) + coarse, ours[signal.pe]!) else { continue }
      let difference = Int64(clamping: time) - Int64(clamping: signal.time)
      if abs(difference - coarse) <= 5 * Self.step { pairs.append((signal.time, difference)) }
    }
    guard pairs.count >= 16 else { return nil }
    let parts = min(16, pairs.count / 16)
    var points: [(x: Double, y: Double)] = []
    for part in 0..<parts {
      let slice = pairs[(pairs.count * part / parts)..<(pairs.count * (part + 1) / parts)]
      let sorted = slice.map(\.difference).sorted()
      points.append((Double(slice[slice.startIndex + slice.count / 2].time), Double(sorted[sorted.count / 2])))
    }
    let mean = points.map(\.x).reduce(0, +) / Double(points.count)
    let meanY = points.map { $0.y - Double(coarse) }.reduce(0, +) / Double(points.count)
    var numerator = 0.0
    var denominator = 0.0
    for point in points {
      numerator += (point.x - mean) * (point.y - Double(coarse) - meanY)
      denominator += (point.x - mean) * (point.x - mean)
    }
    var result = ClockOffset(offset: coarse + Int64(meanY))
    // Clocks of one run differ by some ten millionths at most; more is noise.
    let drift = denominator > 0 ? numerator / denominator : 0
    result.drift = points.count >= 4 && abs(drift) < 2e-4 ? drift : 0
    result.origin = UInt64(mean)
    // A cause comes before what it causes: the offset is the smallest at which nearly all handlers follow theirs.
    let late = pairs.map { $0.difference - Int64(bitPattern: result.apply($0.time) &- $0.time) }
      .filter { abs($0) < Self.step }.sorted()
    if !late.isEmpty { result.offset += max(0, late[late.count * 97 / 100]) }
    let residuals = pairs.map { abs(Int64(bitPattern: result.apply($0.time) &- $0.time) - $0.difference) }.sorted()
    result.spread = UInt64(residuals[residuals.count / 2])
    result.compared = theirs.count
    result.matched = pairs.count
    return result
  }

  private func nearest(_ time: Int64, _ times: [UInt64]) -> UInt64? {
    let place = times.partitioningIndex { Int64(clamping: $0) >= time }
    let after = place < times.count ? times[place] : nil
    let before = place > 0 ? times[place - 1] : nil
    guard let after else { return before }
    guard let before else { return after }
    return Int64(clamping: after) - time < time - Int64(clamping: before) ? after : before
  }
}

extension InterruptMap {
  /// Learns which INTID a kernel's number is: a handler runs behind the acknowledge of its interrupt on its PE.
  ///
  /// Only numbers whose handlers follow the same INTID nine times of ten are taken.
  public mutating func learn(_ first: CaptureSignals, _ second: CaptureSignals, _ offset: ClockOffset) {
    var byPE: [UInt32: [CaptureSignals.Signal]] = [:]
    for signal in first.acknowledges { byPE[signal.pe, default: []].append(signal) }
    var votes: [UInt32: [UInt32: Int]] = [:]
    let tolerance: UInt64 = 1_000
    for handler in second.handlers {
      guard let list = byPE[handler.pe] else { continue }
      let time = offset.apply(handler.time) &+ tolerance
      let next = list.partitioningIndex { $0.time > time }
      guard next > 0, time - list[next - 1].time < 1_000_000 else { continue }
      votes[handler.number, default: [:]][list[next - 1].number, default: 0] += 1
    }
    for (irq, counts) in votes where intids[irq] == nil {
      let total = counts.values.reduce(0, +)
      if let best = counts.max(by: { $0.value < $1.value }), best.value * 10 >= total * 9 { self[irq] = best.key }
    }
  }
}
