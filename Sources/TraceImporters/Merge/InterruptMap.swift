import InterruptTrace

/// Which INTID a kernel's interrupt number stands for.
///
/// A kernel's own trace names its own numbers. They are found in a file of one of these kinds: `/proc/interrupts`, files
/// of `/sys/kernel/debug/irq/irqs` (several of them behind each other, each after a line `irq: N` or `N:`), files of
/// `/sys/kernel/irq` (each as a line `PATH:VALUE` of `grep -r .`, or after a line `==> PATH <==` of `tail`), or lines
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
    var attributes = Attributes()
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "=" })
      guard let first = words.first else { continue }
      if attributes.take(line) { continue }
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
    intids.merge(attributes.intids) { _, ours in ours }
    if intids.isEmpty { return nil }
  }

  /// Gives a run of a handler its INTID, if its number is known.
  @inline(__always) func number(_ event: inout Event) {
    guard event.kind == .handlerEnter || event.kind == .handlerExit,
      let intid = self[UInt32(truncatingIfNeeded: event.a)]
    else { return }
    event.a = event.a & 0xFFFF_FFFF | UInt64(intid) << 32
    event.flags.insert(.intidKnown)
  }

  private static func number(_ text: Substring) -> UInt32? {
    text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
  }

  /// `13:  13287  19600  GICv3  26 Level  arch_timer`: the number behind the controller's name is the INTID. That of
  /// an `ITS-MSI` is the ITS driver's own and says nothing.
  private static func ofProcInterrupts(_ words: [Substring]) -> UInt32? {
    guard let chip = words.firstIndex(where: isController), words.count > chip + 1 else { return nil }
    return UInt32(words[chip + 1])
  }

  /// Whether a chip's hardware numbers are INTIDs.
  private static func isController(_ chip: Substring) -> Bool {
    ["GICv2", "GICv3", "GIC-0", "GIC", "GICv4"].contains(chip)
  }
}

extension InterruptMap {
  /// Files of `/sys/kernel/irq/N`: the number that the chip has for the interrupt, and which chip that is.
  private struct Attributes {
    private var numbers: [UInt32: UInt32] = [:]
    private var chips: [UInt32: Substring] = [:]
    private var file: (irq: UInt32, name: Substring)?

    /// Takes a line in; false if it is none of these.
    mutating func take(_ line: Substring) -> Bool {
      if line.hasPrefix("==> "), line.hasSuffix(" <==") {
        file = Self.file(line.dropFirst(4).dropLast(4))
        return file != nil
      }
      if let colon = line.firstIndex(of: ":"), let named = Self.file(line[..<colon]) {
        set(named, line[line.index(after: colon)...])
        return true
      }
      guard let named = file else { return false }
      file = nil
      set(named, line)
      return true
    }

    /// `…/irq/13/hwirq`
    private static func file(_ path: Substring) -> (irq: UInt32, name: Substring)? {
      let parts = path.split(separator: "/").suffix(3)
      guard parts.count == 3, parts.first == "irq", let irq = UInt32(parts[parts.startIndex + 1]) else { return nil }
      return (irq, parts.last!)
    }

    private mutating func set(_ file: (irq: UInt32, name: Substring), _ value: Substring) {
      let value = value.drop { $0 == " " }
      if file.name == "hwirq" { numbers[file.irq] = InterruptMap.number(value) }
      if file.name == "chip_name" { chips[file.irq] = value }
    }

    /// INTIDs of the interrupts whose chip is the controller itself: that of an ITS numbers for itself.
    var intids: [UInt32: UInt32] {
      numbers.filter { irq, _ in chips[irq].map(InterruptMap.isController) ?? false }
    }
  }
}
