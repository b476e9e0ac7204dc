/// An injection for a vCPU that another CPU did, and how the interrupt was before it.
struct RecentInjection {
  /// What it did.
  enum Change {
    /// A line took a level.
    case line(Bool)
    /// An edge, or an SGI of the sources with these bits.
    case latch(source: UInt8)
  }

  var place: Int
  var change: Change
  var before: GuestInterrupt
  var event: UInt64
  var cpu: UInt32
  /// An interrupt's handler did it.
  var isOfInterrupt: Bool

  /// Whether it lowered this interrupt's line.
  func lowers(_ place: Int) -> Bool { if case .line(false) = change { self.place == place } else { false } }
}
