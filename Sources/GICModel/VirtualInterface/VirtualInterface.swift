import InterruptTrace
import LPIStore

/// The hypervisor's and the guest's side: `ICH_*`, `ICV_*`, list registers, vPEs.
extension GICv3 where Store: ~Copyable {
  mutating func readVirtualSystemRegister(_ event: Event, pe: Int) {}
  mutating func writeVirtualSystemRegister(_ event: Event, pe: Int) {}
  mutating func observeVirtualLines(_ event: Event, pe: Int, seen: CPULines, shown: CPULines) {}
  mutating func readVirtualPendingBase(_ event: Event, pe: Int, check: Int) {}
  mutating func writeVirtualPendingBase(_ event: Event, pe: Int) {}
  mutating func executeVirtual(_ command: ITSCommand, unit: Int) -> ITSError? { nil }
  mutating func actVirtual(
    _ opcode: UInt8,
    _ entry: TranslationEntry,
    device: UInt32,
    event: UInt32,
    unit: Int,
    cause: PendingCause
  ) -> ITSError? { nil }
  mutating func observeVirtualPE(_ event: Event, _ more: Event) {}
}
