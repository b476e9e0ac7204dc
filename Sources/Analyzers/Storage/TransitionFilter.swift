import InterruptTrace

/// Which transitions are counted. State is kept of all of them: a filter changes what is reported, not what is true.
public struct TransitionFilter: Equatable, Sendable {
  /// Only these PEs; nil for all.
  public var pes: NumberSet?
  /// Only these INTIDs; nil for all.
  public var intids: NumberSet?
  /// Only this domain; nil for all.
  public var domain: UInt16?

  /// A filter; without arguments it lets everything through.
  public init(pes: NumberSet? = nil, intids: NumberSet? = nil, domain: UInt16? = nil) {
    self.pes = pes
    self.intids = intids
    self.domain = domain
  }

  /// Whether everything passes.
  public var isOpen: Bool { pes == nil && intids == nil && domain == nil }

  /// Whether a transition passes.
  public func includes(_ t: Transition) -> Bool { includes(domain: t.domain, pe: t.pe, intid: t.intid) }

  /// Whether something of a domain, PE and INTID passes.
  public func includes(domain: UInt16, pe: UInt32, intid: UInt32) -> Bool {
    if let only = self.domain, only != domain { return false }
    if let pes, !pes.contains(pe) { return false }
    if let intids, !intids.contains(intid) { return false }
    return true
  }
}

/// Numbers and ranges of numbers, as a user writes them: `0,2-5,27`.
public struct NumberSet: Equatable, Sendable {
  /// The ranges, in the order in which they were given.
  public private(set) var ranges: [ClosedRange<UInt32>]

  /// Reads numbers and ranges, decimal or with `0x`, separated by commas; nil for anything else.
  public init?(_ text: some StringProtocol) {
    ranges = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard let low = Self.number(ends[0]), let high = Self.number(ends[ends.count - 1]), low <= high else {
        return nil
      }
      ranges.append(low...high)
    }
  }

  private static func number(_ text: Substring) -> UInt32? {
    text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }

  private static func number(_ text: some StringProtocol) -> UInt32? { number(Substring(text)) }

  /// Whether a number is in it. O(ranges).
  public func contains(_ number: UInt32) -> Bool { ranges.contains { $0.contains(number) } }

  /// Every number up to `limit`.
  public func numbers(upTo limit: UInt32) -> Set<UInt32> {
    var result = Set<UInt32>()
    for range in ranges where range.lowerBound <= limit {
      result.formUnion(range.lowerBound...min(range.upperBound, limit))
    }
    return result
  }
}
