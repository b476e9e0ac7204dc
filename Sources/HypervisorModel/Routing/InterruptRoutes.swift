/// Where a guest's GSIs lead (`KVM_SET_GSI_ROUTING`).
public struct InterruptRoutes: Sendable {
  /// One route.
  public enum Route: Equatable, Sendable {
    /// To a pin of the controller: SPI `pin + 32`.
    case pin(UInt32)
    /// To a doorbell: its address, the payload, and the DeviceID if one was given.
    case message(doorbell: UInt64, payload: UInt32, deviceID: UInt32?)
  }

  /// How an irqfd's signal gets in.
  public enum Path: Equatable, Sendable {
    /// At once, in the context that signalled: an SPI's rising edge.
    case direct(intid: UInt32)
    /// At once: the translation was cached.
    case cached(intid: UInt32)
    /// A worker does it, with locks held and lists walked.
    case worker
    /// Nothing is routed there.
    case unrouted
  }

  /// Pins that a controller has for irqfds.
  public static let pinLimit: UInt32 = 988
  private var routes: [UInt32: Route] = [:]
  private var isDefault = true

  /// The routes that KVM sets when the controller is created: GSI n to pin n.
  public init() {}

  /// The route of a GSI, or nil.
  public func route(_ gsi: UInt32) -> Route? {
    if isDefault { return gsi < Self.pinLimit ? .pin(gsi) : nil }
    return routes[gsi]
  }

  /// Replaces the whole table, as the system call does.
  public mutating func replace(_ table: [(gsi: UInt32, route: Route)]) {
    isDefault = false
    routes = Dictionary(table.map { ($0.gsi, $0.route) }) { $1 }
  }

  /// An irqfd was signalled. Level 0 always waits for a worker; so does a message whose translation is not cached.
  public func signal(gsi: UInt32, level: Bool = true, cache: inout TranslationCache) -> Path {
    guard let route = route(gsi) else { return .unrouted }
    guard level else { return .worker }
    switch route {
    case .pin(let pin): return .direct(intid: pin + 32)
    case .message(_, let payload, let deviceID):
      guard let deviceID else { return .worker }
      let key = TranslationCache.key(deviceID: deviceID, eventID: payload)
      return cache.lookUp(key).map { .cached(intid: $0) } ?? .worker
    }
  }

  /// What `KVM_SIGNAL_MSI` answers, and a worker gets, before the ITS is asked.
  public enum MessageError: Int, Sendable {
    /// No DeviceID, or the doorbell is no ITS: -EINVAL.
    case invalid = -22
    /// The guest has no ITS: -ENODEV.
    case noITS = -19
    /// The ITS, or the target Redistributor's LPIs, are disabled: -EBUSY.
    case busy = -16
  }

  /// Whether a message can be translated at all.
  public static func check(
    _ route: Route, doorbells: [UInt64], isITSEnabled: Bool, areLPIsEnabled: Bool
  ) -> MessageError? {
    guard case .message(let doorbell, _, let deviceID) = route else { return nil }
    if doorbells.isEmpty { return .noITS }
    if deviceID == nil || !doorbells.contains(doorbell) { return .invalid }
    return isITSEnabled && areLPIsEnabled ? nil : .busy
  }
}

/// An irqfd for a level-sensitive line with a resampler (`KVM_IRQFD_FLAG_RESAMPLE`): the signal raises the line, the
/// guest's end lowers it and tells the device, which signals again if it still has cause.
public struct ResampledLine: Equatable, Sendable {
  /// The SPI.
  public let intid: UInt32
  /// The line's level.
  public private(set) var isHigh = false
  /// Times that the device was told of an end.
  public private(set) var notifications: UInt64 = 0

  /// A low line.
  public init(intid: UInt32) { self.intid = intid }

  /// The device signals. Returns whether the line rose.
  public mutating func signal() -> Bool {
    defer { isHigh = true }
    return !isHigh
  }

  /// The hypervisor notices the guest's end (`kvm_ack_irq`). Returns whether the line fell.
  public mutating func end(of intid: UInt32) -> Bool {
    guard intid == self.intid, isHigh else { return false }
    isHigh = false
    notifications += 1
    return true
  }
}
