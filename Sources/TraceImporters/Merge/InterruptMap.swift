/// Which INTID a kernel's interrupt number stands for.
///
/// A kernel's own trace names its own numbers. They are found in a file of one of three kinds: `/proc/interrupts`, files
/// of `/sys/kernel/debug/irq/irqs` (several of them behind each other, each after a line `irq: N` or `N:`), or lines
/// `IRQ INTID` with `#` before remarks. Where a capture shows acknowledges beside handlers, the numbers are learned.
public struct InterruptMap: Equatable, Sendable {
  /// INTIDs by the kernel's number.
  public private(set) var intids: [UInt32: UInt32] = [:]

  /// An empty map.
  public init() {}

  /// The INTID, or nil.
  public subscript(_ irq: UInt32) -> UInt32? {
    get { intids[irq] }
    set { intids[irq] = newValue }
  }

  /// Reads a file's text.
  ///
  /// - Returns: nil if no line of it makes sense.
  public init?(text: String) {
    var current: UInt32?
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "=" })
      guard let first = words.first else { continue }
      if first == "irq:" || first == "handler:" {
        if first == "irq:", words.count > 1 { current = UInt32(words[1]) }
        continue
      }
      if first == "hwirq:", words.count > 1, let current {
        // The innermost domain is the controller's own and comes last.
        intids[current] = Self.number(words[1])
      } else if first.hasSuffix(":"), let irq = UInt32(first.dropLast()) {
        current = irq
        if let intid = Self.ofProcInterrupts(words) { intids[irq] = intid }
      } else if words.count == 2, let irq = UInt32(first), let intid = Self.number(words[1]) {
        intids[irq] = intid
      }
    }
    if intids.isEmpty { return nil }
  }

  private static func number(_ text: Substring) -> UInt32? {
    text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }

  /// `13:  13287  19600  GICv3  26 Level  arch_timer`: the number behind the controller's name is the INTID. That of
  /// an `ITS-MSI` is the ITS driver's own and says nothing.
  private static func ofProcInterrupts(_ words: [Substring]) -> UInt32? {
    guard let chip = words.firstIndex(where: { $0.hasPrefix("GIC") }), words.count > chip + 1,
      ["GICv2", "GICv3", "GIC-0", "GIC", "GICv4"].contains(words[chip])
    else { return nil }
    return UInt32(words[chip + 1])
  }
}
