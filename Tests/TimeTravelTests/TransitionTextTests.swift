import InterruptTrace
import Testing

@testable import TimeTravel

@Suite("Transitions in words")
struct TransitionTextTests {
  private func text(_ kind: TransitionKind, intid: UInt32 = 0xFFFF_FFFF, a: UInt64 = 0, b: UInt64 = 0) -> (
    kind: String, detail: String
  ) {
    let text = TransitionText(Transition(time: 0, event: 0, kind: kind, intid: intid, a: a, b: b))
    return (text.kind, text.detail)
  }

  @Test("Operands are said as what they are")
  func operands() {
    let msi = UInt64(PendingCause.msi.rawValue)
    #expect(text(.pending, intid: 8192, a: msi, b: 8 << 32 | 3) == ("pending", "by an MSI of DeviceID 0x8, EventID 3"))
    #expect(text(.pending, intid: 1, a: UInt64(PendingCause.sgi.rawValue), b: 2).detail == "by an SGI from PE 2")
    #expect(text(.pending, intid: 40).detail == "by its line")
    #expect(text(.acknowledged, b: 0xA001).detail == "running priority 0xa0, stays pending")
    #expect(text(.endOfInterrupt, a: 1, b: 0xFF) == ("end of interrupt", "deactivates, nothing runs now"))
    #expect(text(.itsCommand, a: 0x0A) == ("ITS command", "MAPTI"))
    #expect(text(.itsFault, a: 5 << 32, b: 2).detail == "DeviceID 0x5, EventID 0: unmapped device")
    #expect(text(.retargeted, a: 0, b: 0xFFFF_FFFF).detail == "from PE 0 to no PE")
    #expect(text(.cpuLine, a: 0b101).detail == "IRQ, vIRQ")
    #expect(text(.lrFilled, a: 3, b: 0x10) == ("list register filled", "LR3 = 0x10"))
    #expect(text(.gap).detail == "events are missing")
  }

  @Test("Every kind has words for it, in no camel case", arguments: TransitionKind.allCases)
  func kinds(kind: TransitionKind) {
    let words = text(kind).kind.split(separator: " ")
    #expect(!words.isEmpty)
    let names = ["MSI", "ITS", "SGI", "LPIs", "PE", "vPE", "vCPU"]
    #expect(words.allSatisfy { $0 == $0.lowercased() || names.contains(String($0)) })
  }
}
