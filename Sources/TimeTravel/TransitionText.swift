import InterruptTrace

/// A transition in words, for the page: what ``TransitionLayout`` says, with the transition's values in it.
struct TransitionText {
  private let t: Transition
  private let layout: TransitionLayout

  init(_ transition: Transition) {
    t = transition
    layout = TransitionLayout.of(transition.kind)
  }

  /// What kind it is, in words: "end of interrupt".
  var kind: String { text(layout.title) }

  /// What its operands say; empty where they add nothing.
  var detail: String { text(layout.sentence) }

  private func text(_ pieces: [TransitionLayout.Piece]) -> String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .words(let words): text += words
      case .field(let field): text += self.text(field.value(in: t), field.style)
      }
    }
  }

  private func text(_ value: UInt64, _ style: TransitionLayout.Style) -> String {
    switch style {
    case .decimal: "\(value)"
    case .hex, .walk: hex(value)
    case .choice(let words): value < UInt64(words.count) ? words[Int(value)] : "\(value)"
    case .count: value == 0 ? "" : "\(value) "
    case .runningPriority: value == 0xFF ? "nothing runs now" : "running priority \(hex(value))"
    case .pe: pe(value)
    case .cause: cause(value)
    case .source: source(value)
    case .message: message(value)
    case .group: names(of: 1 << value, Self.groups)
    case .groups: names(of: value, Self.groups)
    case .lines: names(of: value, ["IRQ", "FIQ", "vIRQ", "vFIQ"])
    case .listRegister: value == Transition.VirtualEnd.unlisted ? "in no list register" : "LR\(value)"
    case .opcode: ITSOpcode.name(UInt8(truncatingIfNeeded: value))
    case .error: ITSError.name(ofCode: value).map { ": \($0)" } ?? ""
    case .fault: ITSFault(rawValue: value).map { ": " + TransitionLayout.words("\($0)") } ?? ""
    case .table: ITSTable(rawValue: UInt8(truncatingIfNeeded: value)).map { "\($0)" } ?? "\(value)"
    }
  }

  // MARK: Values

  private static let groups = ["0", "1 Secure", "1"]

  private func names(of bits: UInt64, _ names: [String]) -> String {
    let set = names.indices.filter { bits >> UInt64($0) & 1 != 0 }.map { names[$0] }
    return set.isEmpty ? "none" : set.joined(separator: ", ")
  }

  private func message(_ key: UInt64) -> String { "DeviceID \(hex(key >> 32)), EventID \(key & 0xFFFF_FFFF)" }

  private func source(_ source: UInt64) -> String {
    if INTID.isSGI(t.intid), source < UInt64(PE.none) { return " from PE \(source)" }
    if INTID.isLPI(t.intid), source != .max { return " of \(message(source))" }
    return ""
  }

  private func cause(_ number: UInt64) -> String {
    switch PendingCause(rawValue: UInt8(truncatingIfNeeded: number)) {
    case .line: "its line"
    case .register: "a register"
    case .sgi: "an SGI"
    case .msi: "an MSI"
    case .command: "an ITS command"
    case .directLPI: "a direct LPI write"
    case .pendingTable: "the pending table"
    case .observed: "what the capture shows"
    case .reset: "a reset"
    case .doorbell: "a doorbell"
    case .maintenance: "a maintenance condition"
    case nil: "an unknown cause"
    }
  }

  private func pe(_ number: UInt64) -> String {
    switch UInt32(truncatingIfNeeded: number) {
    case PE.none: "no PE"
    case Transition.Retargeted.anyPE: "any of several PEs"
    case let number: "PE \(number)"
    }
  }

  private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
