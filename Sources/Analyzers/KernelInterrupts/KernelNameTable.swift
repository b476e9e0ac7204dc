import InterruptTrace

/// The names that a kernel's trace gives to interrupts' handlers, threads and reasons of IPIs.
public struct KernelNameTable: Sendable {
  private var handlers: [UInt64: String] = [:]
  private var threads: [UInt64: String] = [:]
  private var reasons: [UInt64: String] = [:]

  /// No names.
  public init() {}

  /// Takes in a marker; `index` is its place among the events, its text follows there.
  public mutating func take(_ event: Event, at index: Int, of events: UnsafeBufferPointer<Event>) {
    let key = UInt64(event.domain) << 48 | event.b & 0xFFFF_FFFF
    switch MarkerKind(rawValue: UInt16(truncatingIfNeeded: event.a)) {
    case .interruptName:
      handlers[UInt64(event.domain) << 48 | event.b << 16 & 0xFFFF_FFFF_0000 | event.a >> 32 & 0xFFFF] =
        Self.text(event, index, events)
    case .threadName: threads[key] = Self.text(event, index, events)
    case .ipiReason: reasons[key] = Self.text(event, index, events)
    default: break
    }
  }

  private static func text(_ event: Event, _ index: Int, _ events: UnsafeBufferPointer<Event>) -> String {
    let text = event.markerText(in: events[(index + 1)..<events.end(ofEventAt: index)])
    return String(decoding: text, as: UTF8.self).printable
  }

  /// The name of an interrupt's handler, by its number; empty if it is not known.
  public func handler(domain: UInt16, irq: UInt32, _ number: UInt32) -> String {
    handlers[UInt64(domain) << 48 | UInt64(irq) << 16 | UInt64(number & 0xFFFF)] ?? ""
  }

  /// The name of a thread; empty if it is not known.
  public func thread(domain: UInt16, _ thread: UInt32) -> String {
    thread == 0 ? "<idle>" : threads[UInt64(domain) << 48 | UInt64(thread)] ?? ""
  }

  /// The name of an IPI's reason; empty if it is not shown.
  public func reason(domain: UInt16, _ reason: UInt32) -> String {
    IPIReason(rawValue: reason).name ?? reasons[UInt64(domain) << 48 | UInt64(reason)] ?? ""
  }
}
