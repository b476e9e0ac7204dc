import InterruptTrace
import Testing

@testable import TraceImporters

/// Which thread runs which vCPU of which guest.
@Suite("Kernel trace: vCPUs and their threads")
struct GuestThreadTests {
  private func entry(_ name: String, _ thread: Int, _ time: Int, tgid: String = "") -> String {
    "\(name)-\(thread) \(tgid) [000] d....  \(time).0: kvm_entry: PC: 0x10\n"
  }

  private func threads(_ text: String) throws -> [String] {
    try Imported(kernel: text).events.filter { $0.kind == .vcpuThread }
      .map { "\($0.domain)/\($0.pe)=\($0.a) \(VCPUEvidence(rawValue: UInt8($0.b))!)" }
  }

  @Test("A thread's name holds the vCPU's number")
  func names() throws {
    #expect(try threads(entry("CPU 1/KVM", 9, 1) + entry("CPU 0/KVM", 12, 2)) == ["1/1=9 name", "1/0=12 name"])
    #expect(try threads(entry("fc_vcpu 1", 9, 1) + entry("fc_vcpu 0", 8, 2)) == ["1/0=8 name", "1/1=9 name"])
  }

  @Test("An event of the thread's own names it")
  func ownEvents() throws {
    let map = "q-301 [001] ..... 1.0: kvm_get_timer_map: VCPU: 1, dv: 1, dp: 0, ep: -1\n"
    #expect(try threads(map + entry("q", 301, 2) + entry("q", 302, 3)) == ["1/1=301 event", "1/2=302 order"])
  }

  @Test("Else vCPUs are numbered in the order of their threads, also those seen first later")
  func order() throws {
    #expect(
      try threads(entry("vmm", 252, 1) + entry("vmm", 250, 2) + entry("vmm", 251, 3))
        == ["1/0=250 order", "1/1=251 order", "1/2=252 order"]
    )
  }

  @Test("A vCPU's number that comes again is another guest's")
  func guests() throws {
    let text =
      entry("CPU 0/KVM", 10, 1) + entry("CPU 1/KVM", 11, 2) + entry("CPU 0/KVM", 20, 3) + entry("CPU 1/KVM", 21, 4)
    #expect(try threads(text) == ["1/0=10 name", "1/1=11 name", "2/0=20 name", "2/1=21 name"])
  }

  @Test("Processes tell guests apart where they are shown")
  func processes() throws {
    let text =
      entry("vmm", 10, 1, tgid: "(    5)") + entry("vmm", 11, 2, tgid: "(    6)") + entry("vmm", 12, 3, tgid: "(    5)")
    #expect(try threads(text) == ["1/0=10 order", "2/0=11 order", "1/1=12 order"])
  }

  @Test("A thread whose name the tool does not know is of the guest that is there, and gets its name later")
  func unknownNames() throws {
    #expect(try threads(entry("vmm", 10, 1) + entry("<...>", 11, 2)) == ["1/0=10 order", "1/1=11 order"])
    let perf =
      " :252   252 [000]    1.0:   kvm:kvm_entry: PC: 0x10\n vmm   253 [000]    2.0:   kvm:kvm_entry: PC: 0x10\n"
    #expect(try threads(perf) == ["1/0=252 order", "1/1=253 order"])
    let named = entry("<...>", 9, 1) + entry("CPU 1/KVM", 9, 2) + entry("CPU 0/KVM", 12, 3)
    #expect(try threads(named) == ["1/1=9 name", "1/0=12 name"])
  }

  @Test("A thread of no guest injects into the only one, or into an unknown one")
  func otherThreads() throws {
    let inject = "kworker/0:1-16 [000] .....  9.0: vgic_update_irq_pending: VCPU: 0, IRQ 40, level: 1\n"
    let one = try Imported(kernel: entry("CPU 0/KVM", 10, 1) + inject)
    #expect(one.events.last?.domain == 1)
    let two = try Imported(kernel: entry("CPU 0/KVM", 10, 1) + entry("CPU 0/KVM", 20, 2) + inject)
    #expect(two.events.last?.domain == Domain.unknownGuest)
  }

  @Test("Entries and exits that do not take turns are remarked")
  func turns() throws {
    let result = try Imported(kernel: entry("vmm", 10, 1) + entry("vmm", 10, 2))
    #expect(result.statistics.problems.map(\.kind) == ["entries and exits of a vCPU out of turn"])
  }
}
