/// A place in a capture: an event's number, a time, or the end.
public enum ReplayPosition: Equatable, Sendable {
  /// The event of this number, counted from 0. As the end of a span it is inclusive.
  case event(UInt64)
  /// Nanoseconds since the capture's epoch. As the start of a span it is the first event that is not earlier, as the
  /// end the last one before the first later event: the order is the file's, even where time stamps step back.
  case time(UInt64)
  /// After the last event.
  case end

  /// Reads `#17`, `1.5s`, `20ms`, `7us`, `7µs`, `300ns`, `300` (nanoseconds) or `end`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    if text == "end" {
      self = .end
    } else if text.first == "#" {
      guard let number = UInt64(text.dropFirst()) else { return nil }
      self = .event(number)
    } else if let nanoseconds = parseNanoseconds(text) {
      self = .time(nanoseconds)
    } else {
      return nil
    }
  }
}

extension ReplayPosition: CustomStringConvertible {
  /// As ``init(_:)`` reads it.
  public var description: String {
    switch self {
    case .event(let number): "#\(number)"
    case .time(let nanoseconds): "\(nanoseconds)ns"
    case .end: "end"
    }
  }
}

/// Reads a span of time with a unit (`s`, `ms`, `us`, `µs`, `ns`; none means ns), exactly; nil if it is none, negative
/// or does not fit 64 bits.
public func parseNanoseconds(_ text: some StringProtocol) -> UInt64? {
  let units: [(String, Int)] = [("ns", 0), ("us", 3), ("µs", 3), ("μs", 3), ("ms", 6), ("s", 9)]
  let unit = units.first { text.hasSuffix($0.0) }
  let digits = text.dropLast(unit?.0.count ?? 0)
  let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }) else { return nil }
  guard parts[0].isEmpty == false || parts.count == 2 else { return nil }
  let power = unit?.1 ?? 0
  var scaled = String(parts[0])
  var fraction = parts.count == 2 ? String(parts[1]) : ""
  guard !(scaled.isEmpty && fraction.isEmpty), !fraction.contains(".") else { return nil }
  // A fraction finer than a nanosecond is cut, not rounded: a window never starts later than it was asked to.
  fraction = String(fraction.prefix(power))
  fraction += String(repeating: "0", count: power - fraction.count)
  scaled += fraction
  return UInt64(scaled)
}

/// The part of a capture that is reported. State is always built from the capture's start.
public struct ReplayWindow: Equatable, Sendable {
  /// The first event that is reported; nil for the first of all.
  public var from: ReplayPosition?
  /// The last event that is reported; nil for the last of all.
  public var to: ReplayPosition?
  /// A window; without arguments, everything.
  public init(from: ReplayPosition? = nil, to: ReplayPosition? = nil) {
    self.from = from
    self.to = to
  }
}
