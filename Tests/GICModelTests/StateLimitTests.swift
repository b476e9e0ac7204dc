import InterruptTrace
import Testing

@testable import GICModel

@Suite("States of many LPIs")
struct StateLimitTests {
  private func lists(_ state: StateValue) -> (lpis: [UInt64], events: [UInt64], inAll: StateValue?) {
    func member(_ value: StateValue?, _ name: String) -> StateValue? {
      guard case .object(let members)? = value else { return nil }
      return members.first { $0.name == name }?.value
    }
    func list(_ value: StateValue?) -> [StateValue] { if case .list(let values)? = value { values } else { [] } }
    func numbers(_ values: [StateValue]) -> [UInt64] {
      values.compactMap { if case .number(let n)? = member($0, "intid") { n } else { nil } }
    }
    let devices = list(member(list(member(state, "its")).first, "devices"))
    return (
      numbers(list(member(state, "lpis"))), numbers(devices.flatMap { list(member($0, "events")) }),
      member(state, "lpis_in_all")
    )
  }

  @Test("Beyond the limit the first LPIs, the pending ones and those that are named are listed, and the number of all")
  func limit() {
    let rig = Rig()
    rig.open()
    rig.openLPIs()
    for event in 0..<20 as Range<UInt64> { rig.mapti(1, event, intid: 8192 + event) }
    rig.msi(1, 18)
    var filter = StateFilter()
    let whole = lists(rig.controller.state(filter))
    #expect(whole.lpis == Array(8192..<8212) && whole.events == whole.lpis && whole.inAll == nil)
    filter.lpiLimit = 20
    #expect(rig.controller.state(filter) == rig.controller.state())
    filter.lpiLimit = 6
    filter.namedLPIs = [8200, 9999]
    let cut = lists(rig.controller.state(filter))
    #expect(cut.lpis == [8192, 8193, 8194, 8200, 8210] && cut.inAll == .number(20))
    #expect(cut.events == Array(8192..<8198) + [8200])
  }
}
