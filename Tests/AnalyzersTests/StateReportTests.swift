import InterruptTrace
import Testing

@testable import Reports

@Suite("State reports")
struct StateReportTests {
  private let state: ValueTree = .object([
    .init("GICD_CTLR", .register(0x12)), .init("gicd_rwp", .unknown),
    .init(
      "interrupts",
      .list([
        .object([.init("intid", .number(32)), .init("enabled", .bool(true)), .init("priority", .register(0xA0))]),
        .object([.init("intid", .number(100)), .init("enabled", .bool(false)), .init("route", .unknown)]),
      ])
    ),
    .init("cpu", .object([.init("ICC_APR", .list([.register(1), .register(0)])), .init("mode", .text("EOImode 0"))])),
  ])

  @Test("Text: registers in hexadecimal, unknown as ?, like objects as a table")
  func text() {
    #expect(
      state.text(TextStyle(isColoured: false)) == """
        GICD_CTLR  0x12
        gicd_rwp   ?
        interrupts
          intid  enabled  priority  route
             32  yes      0xa0
            100  no                     ?
        cpu
          ICC_APR  0x1 0x0
          mode     EOImode 0

        """
    )
  }

  @Test("JSON: registers are numbers, unknown is null")
  func json() {
    #expect(
      state.compactJSON == #"{"GICD_CTLR":18,"gicd_rwp":null,"interrupts":["#
        + #"{"intid":32,"enabled":true,"priority":160},{"intid":100,"enabled":false,"route":null}],"#
        + #""cpu":{"ICC_APR":[1,0],"mode":"EOImode 0"}}"#
    )
  }

  private func interrupts(_ rows: [(UInt64, Bool)]) -> ValueTree {
    .object([
      .init("list", .list(rows.map { .object([.init("intid", .number($0.0)), .init("pending", .bool($0.1))]) }))
    ])
  }

  @Test("Objects in lists are compared by what identifies them")
  func difference() {
    let differences = StateDifference.between(
      interrupts([(32, false), (40, true), (50, true)]), interrupts([(32, true), (50, true), (60, false)]))
    #expect(differences.map(\.path) == ["list[intid 32].pending", "list[intid 40]", "list[intid 60]"])
    #expect(differences[0].before == .bool(false))
    #expect(differences[0].after == .bool(true))
    #expect(differences[1].after == nil)
    #expect(differences[2].before == nil)
  }

  @Test("Interrupts that do nothing can be left out, and are counted then")
  func idle() {
    func interrupt(_ intid: UInt64, enabled: Bool, pending: Bool) -> ValueTree {
      .object([.init("intid", .number(intid)), .init("enabled", .bool(enabled)), .init("pending", .bool(pending))])
    }
    let all: ValueTree = .object([
      .init(
        "interrupts",
        .list([
          interrupt(32, enabled: true, pending: false), interrupt(33, enabled: false, pending: false),
          interrupt(34, enabled: false, pending: true),
        ])
      ), .init("others", .list([.number(1)])),
    ])
    #expect(
      all.withoutIdleInterrupts
        == .object([
          .init(
            "interrupts",
            .list([interrupt(32, enabled: true, pending: false), interrupt(34, enabled: false, pending: true)])),
          .init("idle interrupts", .text("1, shown with --idle")), .init("others", .list([.number(1)])),
        ])
    )
  }

  @Test("Equal states have no difference")
  func equal() { #expect(StateDifference.between(state, state).isEmpty) }

  @Test("Values, and lists of values, are compared whole")
  func values() {
    let differences = StateDifference.between(
      .object([.init("a", .register(1)), .init("l", .list([.number(1)]))]),
      .object([.init("a", .unknown), .init("l", .list([.number(2)]))]))
    #expect(differences.map(\.path) == ["a", "l"])
    #expect(differences[0].json.compactJSON == #"{"path":"a","before":1,"after":null}"#)
  }
}
