import InterruptTrace

/// By which way a guest's interrupts came in, as a hypervisor's own tracing shows it: what stands before an injection on
/// the same thread tells whether user space set a line, a worker followed a route, or an irqfd went straight in.
///
/// Counts are of attempts. A message that an irqfd injects from the translation cache, and one of `KVM_SIGNAL_MSI`, leave
/// no event unless probes show them.
public struct InjectionPaths: Equatable, Sendable {
  /// Lines that user space set (`KVM_IRQ_LINE`): those that led to an attempt to inject, or all where the capture shows no
  /// attempts.
  public var userLines: UInt64 { showsAttempts ? injectedUserLines : calledUserLines }
  private var injectedUserLines: UInt64 = 0
  private var calledUserLines: UInt64 = 0
  private var showsAttempts = false
  /// Lines that a worker set through the routing table (`kvm_set_irq`, an irqfd's slow path), and those of them that were
  /// for a resampled line.
  public private(set) var routedLines: UInt64 = 0
  /// Lines of a resampled irqfd among ``routedLines``.
  public private(set) var resampledLines: UInt64 = 0
  /// SPIs that nothing stands before: an irqfd's fast path, or a device of the kernel's own.
  public private(set) var directLines: UInt64 = 0
  /// Timers and other PPIs.
  public private(set) var privateLines: UInt64 = 0
  /// Messages that a worker translated, because their translation was not in the cache: `kvm_set_irq` sets 1, then 0, and
  /// no line follows.
  public private(set) var workerMessages: UInt64 = 0
  /// Messages that a probe shows, tried from the translation cache. One that is tried again by the worker, because its
  /// translation was missing, counts once.
  public private(set) var cachedMessages: UInt64 = 0
  /// Messages that a probe shows on their way through the ITS.
  public private(set) var translatedMessages: UInt64 = 0
  /// Messages among ``cachedMessages`` whose translation was not found.
  public private(set) var cacheMisses: UInt64 = 0
  /// Messages that the ITS did not take: it, or the target's LPIs, were disabled, or nothing was mapped.
  public private(set) var refusedMessages: UInt64 = 0
  /// Ends of level-sensitive SPIs that were told to whoever drives the line (`kvm_ack_irq`).
  public private(set) var notifiedEnds: UInt64 = 0

  /// What a thread did last that may announce an injection.
  private enum Announced: Equatable {
    case line(UInt32)
    case route(gsi: UInt32, isResampled: Bool)
  }
  private var announced: [UInt32: Announced] = [:]
  private static let threadLimit = 4096

  /// Nothing counted.
  public init() {}

  /// Two are equal if they counted the same.
  public static func == (left: Self, right: Self) -> Bool { left.counts == right.counts }

  /// Every count under its name, in a fixed order.
  public var counts: [Count] {
    [
      Count(name: "user_lines", count: userLines), Count(name: "routed_lines", count: routedLines),
      Count(name: "resampled_lines", count: resampledLines), Count(name: "direct_lines", count: directLines),
      Count(name: "private_lines", count: privateLines), Count(name: "worker_messages", count: workerMessages),
      Count(name: "cached_messages", count: cachedMessages),
      Count(name: "translated_messages", count: translatedMessages), Count(name: "cache_misses", count: cacheMisses),
      Count(name: "refused_messages", count: refusedMessages), Count(name: "notified_ends", count: notifiedEnds),
    ]
  }

  /// A count and the name that scripts depend on.
  public struct Count: Equatable, Sendable {
    /// The name.
    public var name: String
    /// The count.
    public var count: UInt64
  }

  /// Takes in an event of the guest.
  public mutating func take(_ event: Event) {
    switch event.kind {
    case .irqLine:
      calledUserLines += 1
      announce(.line(event.intid), event)
    case .gsiSet: route(event)
    case .inject: inject(event)
    case .msi: message(event)
    case .msiResult: result(event)
    case .ackNotify: notifiedEnds += 1
    default: break
    }
  }

  private static func thread(_ event: Event) -> UInt32 { UInt32(truncatingIfNeeded: event.b >> 32) }

  private mutating func announce(_ what: Announced, _ event: Event) {
    if announced.count < Self.threadLimit { announced[Self.thread(event)] = what }
  }

  private mutating func route(_ event: Event) {
    let gsi = UInt32(truncatingIfNeeded: event.a)
    let source = event.b >> 8 & 0xFFFF
    // Level 0 behind a level 1 that no line followed: the route leads to a doorbell.
    if event.b & 1 == 0, case .route(gsi, _)? = announced.removeValue(forKey: Self.thread(event)) {
      workerMessages += 1
      return
    }
    // KVM_IRQFD_RESAMPLE_IRQ_SOURCE_ID is 1.
    announce(.route(gsi: gsi, isResampled: source == 1), event)
  }

  private mutating func inject(_ event: Event) {
    showsAttempts = true
    guard !INTID.isBanked(event.intid) else {
      privateLines += 1
      announced[Self.thread(event)] = nil
      return
    }
    switch announced.removeValue(forKey: Self.thread(event)) {
    case .line: injectedUserLines += 1
    case .route(_, let isResampled):
      routedLines += 1
      if isResampled { resampledLines += 1 }
    default: directLines += 1
    }
  }

  private mutating func message(_ event: Event) {
    let isCached = event.flags.contains(.cachedTranslation)
    lastTryIsCached = isCached
    lastMessage = event.a
    isRetry = false
    if !isCached {
      translatedMessages += 1
      translating = event.a
      return
    }
    // On its way through the ITS the worker asks the cache once more.
    if translating == event.a, let tries = missed[event.a] {
      missed[event.a] = tries > 1 ? tries - 1 : nil
      isRetry = true
    } else {
      cachedMessages += 1
    }
  }

  /// A message's probe shows no thread; its result follows.
  private var lastTryIsCached = false
  private var lastMessage: UInt64 = 0
  /// The last try is the second of the same message.
  private var isRetry = false
  /// The message on its way through the ITS.
  private var translating: UInt64?
  /// Messages that the cache did not know, and that a worker will inject: how many, by DeviceID and EventID.
  private var missed: [UInt64: UInt64] = [:]
  private static let missedLimit = 4096

  private mutating func result(_ event: Event) {
    let value = Int32(truncatingIfNeeded: event.a)
    // From the cache 0 is success; through the ITS 1 is, and 0 means that the guest has blocked it.
    if lastTryIsCached {
      if value < 0, !isRetry { miss() }
    } else {
      if value != 1 { refusedMessages += 1 }
      translating = nil
    }
    lastTryIsCached = false
  }

  private mutating func miss() {
    cacheMisses += 1
    // Inside of the ITS no worker is needed.
    guard translating != lastMessage, missed.count < Self.missedLimit || missed[lastMessage] != nil else { return }
    missed[lastMessage, default: 0] += 1
  }
}
