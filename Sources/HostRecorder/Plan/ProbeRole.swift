/// What probes are for. Each role has alternatives, the best first; the first that this kernel takes is used.
public enum ProbeRole: String, CaseIterable, Sendable {
  case listRegistersAtEntry, listRegistersAtExit, injections, messages, messageResults, cachedMessages
  case cachedMessageResults, guestCommands, sgis, deactivations, kicks, vPELoads, vPEPuts, nestedLoads, nestedPuts
  case hostCommands

  /// What it shows.
  public var shows: String {
    switch self {
    case .listRegistersAtEntry: "list registers at entries"
    case .listRegistersAtExit: "list registers at exits"
    case .injections: "every injection"
    case .messages: "messages to guests' ITSes"
    case .messageResults: "results of messages"
    case .cachedMessages: "messages with cached translations"
    case .cachedMessageResults: "results of cached translations"
    case .guestCommands: "commands of guests' ITSes"
    case .sgis: "SGIs of guests"
    case .deactivations: "trapped deactivations"
    case .kicks: "kicks of vCPUs"
    case .vPELoads: "loads of vPEs (GICv4)"
    case .vPEPuts: "vPEs put back (GICv4)"
    case .nestedLoads: "nested guests' list registers loaded"
    case .nestedPuts: "nested guests' list registers put back"
    case .hostCommands: "commands of the host's own ITS"
    }
  }

  /// Whether a kernel or a machine without it is nothing to mention.
  public var isMinor: Bool {
    switch self {
    case .deactivations, .vPELoads, .vPEPuts, .nestedLoads, .nestedPuts, .messageResults, .cachedMessageResults: true
    default: false
    }
  }
}

extension ProbeRole {
  /// The alternatives, the best first. Each is one probe or several that belong together.
  func alternatives(_ kind: HostKernel.ListRegisterKind, listRegisters: Int) -> [[ProbeTemplate]] {
    switch self {
    case .listRegistersAtEntry:
      // The list registers are full when KVM's flush has ended; before 6.9 a probe there cannot see the vCPU, but at the
      // functions that are called next.
      let lists = Self.lists(kind, listRegisters)
      return [
        [ProbeTemplate(event: "lr_entry", function: "kvm_vgic_flush_hwstate", isReturn: true, fetches: lists)],
        [ProbeTemplate(event: "lr_entry", function: "kvm_arm_setup_debug", fetches: lists)],
        [ProbeTemplate(event: "lr_entry", function: "kvm_arch_vcpu_ctxflush_fp", fetches: lists)],
        [ProbeTemplate(event: "kvm_vgic_flush_hwstate", function: "kvm_vgic_flush_hwstate")],
      ]
    case .listRegistersAtExit:
      let fold = kind == .v3 ? "vgic_v3_fold_lr_state" : "vgic_v2_fold_lr_state"
      return [
        [ProbeTemplate(event: "lr_fold", function: fold, fetches: Self.lists(kind, listRegisters))],
        [ProbeTemplate(event: "kvm_vgic_sync_hwstate", function: "kvm_vgic_sync_hwstate")],
      ]
    case .injections:
      let intid = ProbeTemplate.Fetch(
        name: "intid", source: .member(.init(structure: "vgic_irq", members: "intid"), of: "irq", 1), type: "u32")
      return [
        [ProbeTemplate(event: "vgic_queue_irq_unlock", function: "vgic_queue_irq_unlock", fetches: [intid])],
        [ProbeTemplate(event: "vgic_queue_irq_unlock", function: "vgic_queue_irq_unlock")],
      ]
    case .messages:
      return [
        [ProbeTemplate(event: "vgic_its_inject_msi", function: "vgic_its_inject_msi", fetches: Self.message)],
        [ProbeTemplate(event: "vgic_its_inject_msi", function: "vgic_its_trigger_msi", fetches: Self.identity)],
      ]
    case .cachedMessages:
      return [
        [
          ProbeTemplate(
            event: "vgic_its_inject_cached_translation", function: "vgic_its_inject_cached_translation",
            fetches: Self.message)
        ]
      ]
    case .messageResults: return [[Self.result("vgic_its_inject_msi")], [Self.result("vgic_its_trigger_msi")]]
    case .cachedMessageResults: return [[Self.result("vgic_its_inject_cached_translation")]]
    default: return others
    }
  }

  /// Those that need no list registers.
  private var others: [[ProbeTemplate]] {
    switch self {
    case .guestCommands: GuestCommandProbes.alternatives
    case .hostCommands: [HostCommandProbes.all]
    case .sgis:
      [[.init(event: "vgic_v3_dispatch_sgi", function: "vgic_v3_dispatch_sgi", fetches: [Self.value("reg")])]]
    case .deactivations:
      [[.init(event: "vgic_v3_deactivate", function: "vgic_v3_deactivate", fetches: [Self.value("val")])]]
    case .kicks:
      // The second is its name in newer kernels.
      ["kvm_vcpu_kick", "__kvm_vcpu_kick"].flatMap { name in
        [
          [ProbeTemplate(event: name, function: name, fetches: [Self.vcpu])],
          [ProbeTemplate(event: name, function: name)],
        ]
      }
    case .vPELoads: [[.init(event: "vgic_v4_load", function: "vgic_v4_load")]]
    case .vPEPuts: [[.init(event: "vgic_v4_put", function: "vgic_v4_put")]]
    case .nestedLoads: [[.init(event: "vgic_v3_load_nested", function: "vgic_v3_load_nested")]]
    case .nestedPuts: [[.init(event: "vgic_v3_put_nested", function: "vgic_v3_put_nested")]]
    default: []
    }
  }

  private static let vcpu = ProbeTemplate.Fetch(
    name: "vcpu_id", source: .member(.init(structure: "kvm_vcpu", members: "vcpu_id"), of: "vcpu", 0), type: "s32")

  /// The vCPU, how many list registers it uses, and what they hold.
  private static func lists(_ kind: HostKernel.ListRegisterKind, _ count: Int) -> [ProbeTemplate.Fetch] {
    let folder = kind == .v3 ? "arch.vgic_cpu.vgic_v3" : "arch.vgic_cpu.vgic_v2"
    func fetch(_ name: String, _ member: String, _ type: String, at element: Int = 0) -> ProbeTemplate.Fetch {
      let path = ProbeTemplate.Path(structure: "kvm_vcpu", members: folder + member, element: element)
      return ProbeTemplate.Fetch(name: name, source: .member(path, of: "vcpu", 0), type: type)
    }
    let size = kind == .v3 ? 8 : 4
    return [vcpu, fetch("used", ".used_lrs", "u32")]
      + (0..<count).map { fetch("lr\($0)", ".vgic_lr", "x\(size * 8)", at: $0 * size) }
  }

  /// `struct kvm_msi` is part of KVM's interface to user space: its layout stays.
  private static let message: [ProbeTemplate.Fetch] = [
    .init(
      name: "devid", source: .member(.init(structure: "kvm_msi", members: "devid", fixed: 16), of: "msi", 1),
      type: "u32"),
    .init(
      name: "eventid", source: .member(.init(structure: "kvm_msi", members: "data", fixed: 8), of: "msi", 1),
      type: "u32"),
  ]

  private static let identity: [ProbeTemplate.Fetch] = [
    .init(name: "devid", source: .parameter("devid", 2), type: "u32"),
    .init(name: "eventid", source: .parameter("eventid", 3), type: "u32"),
  ]

  private static func value(_ name: String) -> ProbeTemplate.Fetch {
    .init(name: name, source: .parameter(name, 1), type: "x64")
  }

  private static func result(_ function: String) -> ProbeTemplate {
    let event = function == "vgic_its_trigger_msi" ? "vgic_its_inject_msi_ret" : function + "_ret"
    return ProbeTemplate(
      event: event, function: function, isReturn: true, fetches: [.init(name: "ret", source: .result, type: "s32")])
  }
}
