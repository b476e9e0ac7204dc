import Testing

@testable import HostRecorder

/// What became of functions in a kernel.
@Suite("Kernel symbols")
struct KernelSymbolsTests {
  private func symbols(_ traceable: String?, _ all: String? = nil, refused: String? = nil) -> KernelSymbols {
    func bytes(_ text: String?) -> [UInt8]? { text.map { Array($0.utf8) } }
    return KernelSymbols(
      filterFunctions: bytes(traceable), kallsyms: bytes(all), blacklist: bytes(refused), prefixes: ["vgic_", "kvm_"])
  }

  @Test("A function is there, changed by the compiler, excluded from tracing, refused, or missing")
  func findings() {
    let symbols = symbols(
      "vgic_a\nvgic_b.isra.0\nvgic_c.constprop.0.isra.0\nvgic_d.cold\nvgic_e [kvm]\nvgic_f\nother_a\n",
      "0000 T vgic_a\n0000 t vgic_g\n0000 d vgic_h\n", refused: "0x10-0x20\tvgic_f\n")
    #expect(symbols.find("vgic_a") == .exact)
    #expect(symbols.find("vgic_b") == .variant("vgic_b.isra.0"))
    #expect(symbols.find("vgic_c") == .variant("vgic_c.constprop.0.isra.0"))
    #expect(symbols.find("vgic_d") == .missing)
    #expect(symbols.find("vgic_e") == .exact)
    #expect(symbols.find("vgic_f") == .refused)
    #expect(symbols.find("vgic_g") == .refused)
    #expect(symbols.find("vgic_h") == .missing)
    #expect(symbols.find("other_a") == .missing)
  }

  @Test("Without the function tracer, the kernel's symbols are all there is")
  func withoutTracer() {
    let symbols = symbols(nil, "0000 T vgic_a\n0000 t vgic_b.isra.0\t[kvm]\n")
    #expect(symbols.find("vgic_a") == .exact)
    #expect(symbols.find("vgic_b") == .variant("vgic_b.isra.0"))
    #expect(self.symbols(nil).isEmpty)
  }

  @Test("Release, controller and tracefs are read from the host's files")
  func kernel() {
    let old = HostKernel(HostFixture.linux61)
    #expect(old.release == "6.1.0-50-cloud-arm64")
    #expect(old.listRegisters == .v3 && !old.showsArgumentsAtReturn)
    let new = HostKernel(
      HostFixture.linux612.with("/proc/interrupts", "13:  1  2  GICv2  27 Level  kvm guest vtimer\n"))
    #expect(new.listRegisters == .v2 && new.showsArgumentsAtReturn)
    #expect(HostKernel(HostFixture.linux612.with("/proc/interrupts", "")).listRegisters == nil)
    #expect(HostKernel(HostFixture("none")).tracepoints.isEmpty)
  }
}
