/// What is recorded on a host: tracepoints, and for each role the probes that can fill it.
public struct ProbePlan {
  /// A role on this kernel.
  public struct Part: Equatable, Sendable {
    /// What it is for.
    public var role: ProbeRole
    /// The probes of each alternative that is possible, the best first.
    public var alternatives: [[Probe]]
    /// Why probes that would have been better, or would have been more, are not possible.
    public var obstacles: [String]
  }

  /// The kernel.
  public let kernel: HostKernel
  /// The events for trace-cmd: whole systems, or `SYSTEM:NAME`.
  public let events: [String]
  /// Events that this kernel does not have.
  public let missingEvents: [String]
  /// The roles.
  public let parts: [Part]
  /// The kind of list registers that was planned for.
  public let listRegisters: HostKernel.ListRegisterKind

  /// The most list registers that a probe shows: as many as a GICv3 can have.
  private static let listRegisterLimit = 16
  /// Whole systems of tracepoints.
  private static let systems = ["kvm", "irq", "ipi"]
  private static let single = ["sched:sched_switch", "sched:sched_wakeup"]
  /// Events that matter and came late.
  private static let wanted = ["kvm:kvm_entry", "kvm:kvm_exit", "kvm:vgic_update_irq_pending", "ipi:ipi_send_cpu"]

  /// Plans what to record on a kernel.
  public init(_ kernel: HostKernel) {
    self.kernel = kernel
    listRegisters = kernel.listRegisters ?? .v3
    let tracepoints = kernel.tracepoints
    events =
      Self.systems.filter { system in tracepoints.contains { $0.hasPrefix(system + ":") } }
      + Self.single.filter(tracepoints.contains)
    missingEvents = (Self.wanted + Self.single).filter { !tracepoints.contains($0) }
    let kind = listRegisters
    let member = kind == .v3 ? "arch.vgic_cpu.vgic_v3.vgic_lr" : "arch.vgic_cpu.vgic_v2.vgic_lr"
    let known = kernel.types.flatMap { types in
      types.way(member, of: "kvm_vcpu").flatMap { types.count(ofArray: $0.type) }
    }
    let count = min(known ?? Self.listRegisterLimit, Self.listRegisterLimit)
    parts = ProbeRole.allCases.map { role in
      Self.part(role, role.alternatives(kind, listRegisters: count), kernel)
    }
  }

  private static func part(_ role: ProbeRole, _ alternatives: [[ProbeTemplate]], _ kernel: HostKernel) -> Part {
    var part = Part(role: role, alternatives: [], obstacles: [])
    for templates in alternatives {
      var probes: [Probe] = []
      var reasons: [String] = []
      for template in templates {
        do throws(ProbeTemplate.Obstacle) {
          probes.append(try template.resolved(on: kernel))
        } catch {
          reasons.append(error.reason)
        }
      }
      // Only what would have been better matters.
      if part.alternatives.isEmpty { part.obstacles += summary(reasons).filter { !part.obstacles.contains($0) } }
      if !probes.isEmpty { part.alternatives.append(probes) }
    }
    return part
  }

  /// One reason stands for many that are alike.
  private static func summary(_ reasons: [String]) -> [String] {
    reasons.count > 2
      ? ["\(reasons[0]); \(reasons.count - 1) more functions beside it cannot be probed either"] : reasons
  }

  /// The probes that are used if the kernel takes each role's best.
  public var firstChoice: ProbeChoice {
    var choice = ProbeChoice()
    for part in parts {
      if let probes = part.alternatives.first { choice.probes[part.role] = probes }
      choice.obstacles[part.role] = part.obstacles
    }
    return choice
  }

  /// Why nothing can be recorded; nil if something can.
  public var impossibility: String? {
    if kernel.hasGICv5 { return "the host has a GICv5, which is not modelled" }
    if kernel.tracepoints.isEmpty {
      return "there is no \(kernel.tracing)/available_events: become root and mount tracefs "
        + "(mount -t tracefs tracefs /sys/kernel/tracing)"
    }
    if !kernel.tracepoints.contains("kvm:kvm_entry") {
      return "the kernel has no tracepoint kvm:kvm_entry: KVM is not in it, or this is no host of guests"
    }
    if !kernel.tracepoints.contains("kvm:vgic_update_irq_pending") {
      return "the kernel has no tracepoint kvm:vgic_update_irq_pending: its guests are not Arm's, whose interrupt "
        + "controller is what is recorded"
    }
    return nil
  }
}

/// The probes that were chosen, by role.
public struct ProbeChoice: Sendable {
  /// The probes of each role that is filled.
  public var probes: [ProbeRole: [Probe]] = [:]
  /// Why better probes of a role were not chosen.
  public var obstacles: [ProbeRole: [String]] = [:]

  /// Guests are recorded from inside too.
  public var recordsGuests = false

  /// Nothing is chosen.
  public init() {}

  /// All probes, in the order of their roles.
  public var all: [Probe] { ProbeRole.allCases.flatMap { probes[$0] ?? [] } }

  /// Whether one of a role's probes gives this event.
  func gives(_ event: String, _ role: ProbeRole) -> Bool { probes[role]?.contains { $0.event == event } ?? false }
}
