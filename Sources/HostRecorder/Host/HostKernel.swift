/// What is known of the host's kernel before anything is traced.
public struct HostKernel {
  /// The virtual GIC's hardware, which decides where KVM keeps list registers.
  public enum ListRegisterKind: String, Sendable {
    /// GICH_LR of a GICv2.
    case v2
    /// ICH_LR_EL2 of a GICv3 or GICv4.
    case v3
  }

  /// As `uname -r` prints it; empty if it is not known.
  public var release: String
  /// The folder of tracefs.
  public var tracing: String
  /// Its functions.
  public var symbols: KernelSymbols
  /// Its tracepoints, as `SYSTEM:NAME`.
  public var tracepoints: Set<String>
  /// Its types; nil without BTF.
  public var types: BTF?
  /// Why there are no types.
  public var typeProblem: String?
  /// The kind of list registers; nil if the host does not say what controller it has.
  public var listRegisters: ListRegisterKind?
  /// A GICv5, which is not modelled.
  public var hasGICv5 = false

  /// Where tracefs is mounted: on its own, or in debugfs.
  static let tracingFolders = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
  /// What the functions begin with that probes are wanted on.
  static let prefixes = ["kvm_", "__kvm_", "vgic_", "its_", "compute_ap_list"]

  /// Looks at a host's files.
  ///
  /// - Parameter types: a file of the host's types (BTF) to use instead of the kernel's own; nil for the kernel's.
  public init(_ files: some HostFiles, types typeFile: [UInt8]? = nil) {
    release = files.text("/proc/sys/kernel/osrelease").map { String($0.prefix { !$0.isWhitespace }) } ?? ""
    tracing = Self.tracingFolders.first { !files.names(in: $0).isEmpty } ?? Self.tracingFolders[0]
    symbols = KernelSymbols(
      filterFunctions: files.bytes(tracing + "/available_filter_functions"), kallsyms: files.bytes("/proc/kallsyms"),
      blacklist: files.bytes("/sys/kernel/debug/kprobes/blacklist"), prefixes: Self.prefixes)
    tracepoints = Set(
      (files.text(tracing + "/available_events") ?? "").split(whereSeparator: \.isNewline).map(String.init))
    if let bytes = typeFile ?? files.bytes("/sys/kernel/btf/vmlinux") {
      do { types = try BTF(bytes) } catch { typeProblem = error.message }
    } else {
      typeProblem = "the kernel has no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF is not set)"
    }
    readController(files.text("/proc/interrupts") ?? "")
  }

  /// Interrupt controllers are named with their interrupts: `13:  88  GICv3  27 Level  kvm guest vtimer`.
  private mutating func readController(_ interrupts: String) {
    let words = Set(interrupts.split(whereSeparator: \.isWhitespace))
    hasGICv5 = words.contains { $0.hasPrefix("GICv5") }
    if words.contains("GICv3") || words.contains("GICv4") {
      listRegisters = .v3
    } else if words.contains("GICv2") || words.contains("GIC-0") {
      listRegisters = .v2
    }
  }

  /// Version and patch level of the release; nil if it is not known.
  var version: (major: Int, minor: Int)? {
    let parts = release.split(whereSeparator: { $0 == "." || $0 == "-" || $0 == "+" })
    guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
    return (major, minor)
  }

  /// Whether a probe at a function's return can see its arguments: from Linux 6.9 on. True if the release is not known,
  /// as the kernel refuses what it cannot do.
  var showsArgumentsAtReturn: Bool { version.map { $0 >= (6, 9) } ?? true }
}
