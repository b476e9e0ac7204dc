import Testing

@testable import HostRecorder

/// The probes of real hosts, each function and each name of a type taken away by itself.
@Suite("Probes that are missing")
struct ProbeAbsenceTests {
  /// Every function that a probe of a host's plan may be on.
  private static let functions = ["linux61", "linux612"].flatMap { host in
    Set(HostFixture(host).plan.parts.flatMap { $0.alternatives.joined().map(\.function) })
      .sorted().map { (host, $0) }
  }

  @Test(
    "Without one function the next best is taken, it is said, and no other role changes",
    arguments: functions)
  func function(host: String, function: String) throws {
    let whole = HostFixture(host)
    let before = whole.plan
    let plans = [(whole.without(function).plan, "is not there"), (whole.refusing(function).plan, "refuses")]
    for (after, reason) in plans {
      for (old, new) in zip(before.parts, after.parts) {
        let rest = old.alternatives.map { $0.filter { $0.function != function } }.filter { !$0.isEmpty }
        #expect(new.alternatives == rest, "\(old.role)")
        let isFirst = old.alternatives.first?.contains { $0.function == function } ?? false
        // A name with the compiler's suffix is found where the function's own is.
        let name = function.split(separator: ".")[0]
        #expect(!isFirst || new.obstacles.contains { $0.contains(name) && $0.contains(reason) }, "\(new.obstacles)")
      }
    }
  }

  /// Names of structures, members and parameters that probes need.
  private static let names = ["linux61", "linux612"].flatMap { host in
    [
      "kvm_vcpu", "arch", "vgic_cpu", "vgic_v3", "vgic_lr", "used_lrs", "vcpu_id", "vgic_irq", "intid",
      "its_cmd_desc", "its_mapd_cmd", "its_movi_cmd", "dev", "device_id", "event_id", "phys_id", "virt_id", "col",
      "col_id", "vcpu", "irq", "reg", "devid", "eventid", "msi", "its_cmd", "data", "len",
    ].map { (host, $0) }
  }

  @Test(
    "Without one name in its types a probe is what it was, or another, or none; none fetches from elsewhere",
    arguments: names)
  func name(host: String, name: String) throws {
    let whole = HostFixture(host)
    let before = whole.plan
    var types = try #require(whole.bytes("/sys/kernel/btf/vmlinux"))
    let word = [0] + Array(name.utf8) + [0]
    for start in types.indices.dropLast(word.count - 1) where types[start..<start + word.count].elementsEqual(word) {
      types[start + 1] = UInt8(ascii: "?")
    }
    let after = ProbePlan(HostKernel(whole, types: types))
    for (old, new) in zip(before.parts, after.parts) {
      let known = old.alternatives.joined()
      for probe in new.alternatives.joined() {
        #expect(known.contains(probe) || probe.arguments.isEmpty, "\(probe.definition)")
      }
      let isWorse = old.alternatives.first != new.alternatives.first
      #expect(!isWorse || new.obstacles.count > old.obstacles.count, "\(old.role) \(new.obstacles)")
    }
  }
}
