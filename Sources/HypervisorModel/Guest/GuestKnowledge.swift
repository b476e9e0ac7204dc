/// Which facts about a guest's interrupt the capture shows. What is missing is taken as KVM and Linux leave it, and is not
/// relied on.
struct GuestKnowledge: OptionSet {
  var rawValue: UInt8

  /// The vCPU that an SPI goes to.
  static let target = Self(rawValue: 1 << 0)
  /// Whether it is enabled.
  static let enabled = Self(rawValue: 1 << 1)
  /// Its priority.
  static let priority = Self(rawValue: 1 << 2)
  /// Its group.
  static let group = Self(rawValue: 1 << 3)
  /// Whether it is edge-triggered.
  static let trigger = Self(rawValue: 1 << 4)
  /// Whether the Distributor forwards its group.
  static let forwarded = Self(rawValue: 1 << 5)

  /// The number of the vCPU that an SPI goes to; which thread runs that one may be a guess.
  static let routed = Self(rawValue: 1 << 6)

  /// What has to be known to say that a pending interrupt is on its vCPU's list.
  static let listing: Self = [.enabled, .forwarded, .trigger]
  /// What a list register shows.
  static let listed: Self = [.target, .routed, .enabled, .priority, .group, .trigger, .forwarded]
}
