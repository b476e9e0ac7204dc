/// The way of an interrupt from its source to its handler, rung by rung, at one moment.
public struct DeliveryLadder: Sendable, Equatable {
  /// Whether a rung holds.
  public enum State: String, Sendable {
    /// It holds.
    case holds
    /// It does not: here the interrupt stops.
    case broken
    /// The capture does not show it.
    case unknown
    /// It does not come into question: an earlier rung decides, or the interrupt has no such rung.
    case open
  }

  /// One condition on the way.
  public struct Rung: Sendable, Equatable {
    /// The stable name.
    public var name: String
    /// Whether it holds.
    public var state: State
    /// How it stands, in words.
    public var text: String
    /// The event that set it; nil if none did.
    public var event: UInt64?
    /// When that was, in ns since the capture's epoch; nil if no event did, or its time was not kept.
    public var time: UInt64?
    /// A rung.
    public init(_ name: String, _ state: State, _ text: String, event: UInt64? = nil, time: UInt64? = nil) {
      self.name = name
      self.state = state
      self.text = text
      self.event = event == .max ? nil : event
      self.time = event == .max || event == nil ? nil : time
    }
  }

  /// 0 is the physical controller.
  public var domain: UInt16
  /// The interrupt.
  public var intid: UInt32
  /// The PE that it goes to; nil if none is known.
  public var pe: UInt32?
  /// The rungs, from the source to the handler.
  public var rungs: [Rung]
  /// What it comes down to, in one sentence.
  public var conclusion: String

  /// The first rung that does not hold.
  public var firstBroken: Rung? { rungs.first { $0.state == .broken } }
}
