import Analyzers
import InterruptTrace
import Replay
import Reports

/// What of a filter is in a capture: a filter that nothing can pass is a mistake, and an empty report would not say so.
final class Occurrences {
  /// More are not listed.
  private static let limit = 1 << 16

  private let follows: Bool
  private var intids = Set<UInt32>()
  private var domains: Set<UInt16> = [0]
  private var greatestPE: UInt32 = 0

  init(_ filter: FilterOptions) { follows = !filter.filter.isOpen }

  func consume(_ batch: ReplayBatch) {
    guard follows else { return }
    for transition in batch.transitions {
      note(transition.domain, transition.pe)
      if intids.count < Self.limit { intids.insert(transition.intid) }
    }
    for event in batch.events where event.kind != .continuation && event.kind != .topology {
      note(event.domain, event.pe)
      if let intid = event.namedINTID, intids.count < Self.limit { intids.insert(intid) }
    }
  }

  private func note(_ domain: UInt16, _ pe: UInt32) {
    domains.insert(domain)
    if pe != PE.none { greatestPE = max(greatestPE, pe) }
  }

  /// Refuses what the capture does not have.
  func check(_ filter: FilterOptions, _ engine: ReplayEngine) throws {
    guard follows, engine.events > 0 else { return }
    if let domain = filter.domain, !domains.contains(domain) {
      throw UsageError(
        message:
          "--domain \(domain): not in this capture; domains: \(domains.sorted().ranges.joined(separator: ", "))")
    }
    let lastPE = max(greatestPE, UInt32(max(engine.topology.peCount, 1) - 1))
    if let range = filter.pe?.ranges.first(where: { $0.lowerBound > lastPE }) {
      throw UsageError(message: "--pe \(range.lowerBound): no such PE; the capture has PE 0 to \(lastPE)")
    }
    if intids.count < Self.limit,
      let range = filter.irq?.ranges.first(where: { range in !intids.contains { range.contains($0) } })
    {
      let known = intids.filter { $0 < 1 << 24 }.sorted().ranges
      let list = known.prefix(24).joined(separator: ", ") + (known.count > 24 ? ", …" : "")
      throw UsageError(
        message: "--irq \(range.lowerBound): not in this capture; INTIDs: \(list.isEmpty ? "none" : list)")
    }
  }
}

extension [UInt32] {
  /// `0-2`, `27`: sorted numbers, neighbours as ranges.
  var ranges: [String] {
    var result: [ClosedRange<UInt32>] = []
    for number in self {
      if let last = result.last, last.upperBound + 1 == number {
        result[result.count - 1] = last.lowerBound...number
      } else {
        result.append(number...number)
      }
    }
    return result.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
  }
}

extension [UInt16] {
  /// The same.
  var ranges: [String] { map(UInt32.init).ranges }
}

extension ReplayEngine {
  /// What was replayed, in words: where its events lie.
  var range: String {
    guard events > 0 else { return "the capture has no events" }
    let times = firstTime.flatMap { first in lastTime.map { ", \(Units.moment(first)) to \(Units.moment($0))" } } ?? ""
    return "its events are #0 to #\(events - 1)\(times)"
  }

  /// Refuses a place behind the last event, once the capture was replayed up to it.
  func check(_ option: String, _ place: ReplayPosition) throws {
    let isBehind =
      switch place {
      case .event(let number): number >= events
      case .time(let time): isAtEnd && lastTime.map { time > $0 } ?? false
      case .end: false
      }
    guard isBehind, events > 0 else { return }
    throw UsageError(message: "\(option) \(place): behind the end of the capture; \(range)")
  }
}
