import InterruptTrace

/// A transition in words, for the page.
struct TransitionText {
  private let t: Transition

  init(_ transition: Transition) { t = transition }

  /// What kind it is, in words: "end of interrupt".
  var kind: String {
    switch t.kind {
    case .msi: return "MSI"
    case .itsFault: return "ITS fault"
    case .itsCommand: return "ITS command"
    case .itsEnabled: return t.a & 1 != 0 ? "ITS enabled" : "ITS disabled"
    case .sgiSent: return "SGI sent"
    case .lrFilled: return "list register filled"
    case .lrEmptied: return "list register emptied"
    case .lrOverwritten: return "list register overwritten"
    case .lrWritten: return "list register written"
    case .lrOverflow: return "no list register free"
    case .guestOutcome: return "what the guest had done with it"
    case .vPEResident: return "vPE resident"
    case .vPENonresident: return "vPE no longer resident"
    case .lpisEnabled: return t.a & 1 != 0 ? "LPIs enabled" : "LPIs disabled"
    case .cpuLine: return "request to the PE"
    case .highestPending: return "highest pending interrupt"
    case .merged, .virtualMerged: return "requested again while pending"
    case .taught: return "learned from the capture"
    case .disagreed: return "not as predicted"
    default: return Self.words("\(t.kind)")
    }
  }

  /// What its operands say; empty where they add nothing.
  var detail: String {
    switch t.kind {
    case .pending, .merged, .virtualPending, .virtualMerged: return "by \(cause(t.a))\(source)"
    case .pendingCleared, .virtualPendingCleared: return "by \(cause(t.a))"
    case .acknowledged: return "running priority 0x\(hex(t.b >> 8 & 0xFF))" + (t.b & 1 != 0 ? ", stays pending" : "")
    case .spuriousAcknowledge, .virtualSpuriousAcknowledge: return "\(t.a) was returned"
    case .endOfInterrupt:
      return (t.a & 1 != 0 ? "deactivates, " : "deactivation is left to software, ")
        + (t.b == 0xFF ? "nothing runs now" : "running priority 0x\(hex(t.b))")
    case .deactivated: return t.a & 1 != 0 ? "still pending" : ""
    case .retargeted: return "from \(pe(t.a)) to \(pe(t.b))"
    case .priorityChanged: return "from 0x\(hex(t.a)) to 0x\(hex(UInt64(t.priority)))"
    case .triggerChanged: return t.a & 1 != 0 ? "edge-triggered" : "level-sensitive"
    case .cpuLine: return lines
    case .priorityMask: return "0x\(hex(t.a))"
    case .groupEnables: return "enabled groups \(groups)"
    case .sleep: return t.a & 1 != 0 ? "asleep" : "awake"
    case .sgiSent: return "to \(pe(t.a))"
    case .msi, .tableWalk: return device
    case .mapping: return device + (t.b & 1 != 0 ? ", mapped" : ", unmapped")
    case .itsCommand:
      let error = ITSError.name(ofCode: t.b & 0xFF_FFFF).map { ": \($0)" } ?? ""
      return ITSOpcode.name(UInt8(truncatingIfNeeded: t.a)) + error
    case .itsFault:
      let fault = ITSFault(rawValue: t.b).map { ": " + Self.words("\($0)") } ?? ""
      return device + fault
    case .lrFilled, .lrEmptied, .lrOverwritten, .lrWritten: return "LR\(t.a) = 0x\(hex(t.b))"
    case .guestOutcome: return t.a & 2 != 0 ? "is at it" : t.a & 1 != 0 ? "nothing: still pending" : "had ended it"
    case .virtualAcknowledged, .virtualDeactivated: return "LR\(t.a)"
    case .virtualEndOfInterrupt: return t.a == 0xFF ? "in no list register" : "LR\(t.a)"
    case .maintenance: return (t.a & 1 != 0 ? "raised" : "lowered") + ", MISR 0x\(hex(t.b))"
    case .disagreed, .taught: return "expected 0x\(hex(t.a)), the capture shows 0x\(hex(t.b))"
    case .gap: return t.a == 0 ? "events are missing" : "\(t.a) events are missing"
    case .commandsWaiting: return "GITS_CREADR 0x\(hex(t.a)), GITS_CWRITER 0x\(hex(t.b))"
    default: return ""
    }
  }

  // MARK: Pieces

  private var lines: String {
    let names = ["IRQ", "FIQ", "vIRQ", "vFIQ"]
    let high = names.indices.filter { t.a >> UInt64($0) & 1 != 0 }.map { names[$0] }
    return high.isEmpty ? "none" : high.joined(separator: ", ")
  }

  private var groups: String {
    let names = ["0", "1 Secure", "1"]
    let on = names.indices.filter { t.a >> UInt64($0) & 1 != 0 }.map { names[$0] }
    return on.isEmpty ? "none" : on.joined(separator: ", ")
  }

  private var device: String { "DeviceID 0x\(hex(t.a >> 32)), EventID \(t.a & 0xFFFF_FFFF)" }

  private var source: String {
    if INTID.isSGI(t.intid), t.b < UInt64(PE.none) { return " from PE \(t.b)" }
    if INTID.isLPI(t.intid), t.b != .max { return " of DeviceID 0x\(hex(t.b >> 32)), EventID \(t.b & 0xFFFF_FFFF)" }
    return ""
  }

  private func cause(_ raw: UInt64) -> String {
    switch PendingCause(rawValue: UInt8(truncatingIfNeeded: raw)) {
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

  private func pe(_ raw: UInt64) -> String {
    switch UInt32(truncatingIfNeeded: raw) {
    case PE.none: "no PE"
    case PE.none - 1: "any of several PEs"
    case let number: "PE \(number)"
    }
  }

  private func hex(_ value: UInt64) -> String { String(value, radix: 16) }

  /// A name in camel case as words.
  private static func words(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? " " + $1.lowercased() : String($1) }
  }
}
