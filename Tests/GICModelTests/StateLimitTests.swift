import InterruptTrace
import Testing

@testable import GICModel

@Suite("States of many LPIs")
struct StateLimitTests {
  private func lists(_ state: ValueTree) -> (lpis: [UInt64], events: [UInt64], inAll: ValueTree?) {
    func numbers(_ values: [ValueTree]) -> [UInt64] { values.compactMap { $0["intid"]?.number } }
    let devices = state["its"]?.elements.first?["devices"]?.elements ?? []
    return (
      numbers(state["lpis"]?.elements ?? []), numbers(devices.flatMap { $0["events"]?.elements ?? [] }),
      state["lpis_in_all"]
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
