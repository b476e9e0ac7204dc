import Analyzers

/// The terminal report's section about guests, from a hypervisor's own tracing.
struct KVMText {
  let report: AnalysisReport
  let rows: Int

  func guests(_ style: TextStyle) -> String {
    report.results.kvm.map { guest($0, style) }.joined(separator: "\n")
  }

  private func guest(_ guest: GuestActivity, _ style: TextStyle) -> String {
    var out = "  guest \(guest.domain): \(guest.size)\(guest.blame)\n"
    if !guest.showsEntries { out += "  " + GuestActivity.noEntries + "\n" }
    if guest.nestedEntries > 0 {
      out += "  \(Units.count(guest.nestedEntries)) of the entries are into the guest's own guests, "
      out += "whose list registers are not predicted\n"
    }
    out += ResultTables.guestExits.text(ResultTables.exits(guest), report.naming, style)
    out += ResultTables.guestRegisters.listing(guest.registers.map { (guest, $0) }, report.naming, style, limit: rows)
    out += ResultTables.guestDevices.listing(guest.devices.map { (guest, $0) }, report.naming, style, limit: rows)
    out += ResultTables.guestVCPUs.listing(guest.byVCPU.map { (guest, $0) }, report.naming, style, limit: max(rows, 32))
    out += ResultTables.guestLines.listing(guest.lines.map { (guest, $0) }, report.naming, style, limit: rows)
    out += LatencyTable(
      blocks: [.init(title: "delays", rows: guest.delays.map { ($0.stage.title, $0.distribution) })]).render(style)
    return out + paths(guest, style) + registers(guest, style) + preemption(guest, style)
  }

  private func registers(_ guest: GuestActivity, _ style: TextStyle) -> String {
    let total = guest.listRegistersUsed.reduce(0, +)
    guard total > 0 else { return "" }
    var shares = guest.listRegistersUsed.enumerated().filter { $0.element > 0 }
      .map { "\($0.offset): \(Units.percent($0.element, of: total))" }
    shares[0] = "list registers used at entry, as the model infers it: " + shares[0]
    var parts: [(text: String, role: TextStyle.Role)] = []
    if guest.waitedForRegister > 0 {
      parts.append((Units.count(guest.waitedForRegister, "interrupt") + " waited beyond an entry", .notice))
    }
    if guest.overflows > 0 {
      let entries = Units.count(guest.overflows, "entry", "entries") + " left one without a register"
      parts.append((entries + " and asked for maintenance", .notice))
    }
    return WrappedParts.lines(shares, ", ", style: style, .plain) + WrappedParts.lines(parts, "; ", style: style)
  }

  /// By which way interrupts came in; only the ways that occurred.
  private func paths(_ guest: GuestActivity, _ style: TextStyle) -> String {
    let paths = guest.paths
    var parts: [String] = []
    func add(_ count: UInt64, _ text: String) { if count > 0 { parts.append("\(Units.count(count)) \(text)") } }
    add(paths.privateLines, "of timers and other PPIs")
    add(paths.userLines, "lines set by user space")
    add(paths.directLines, "lines set at once, by an irqfd or the kernel")
    add(paths.routedLines - paths.resampledLines, "lines set by a worker along a route")
    add(paths.resampledLines, "lines of resampled irqfds")
    add(paths.workerMessages, "messages by a worker, their translation not cached")
    add(paths.cachedMessages, "messages tried from the translation cache")
    add(paths.cacheMisses, "misses of it")
    add(paths.translatedMessages, "messages through the ITS")
    add(paths.refusedMessages, "refused")
    add(paths.notifiedEnds, "ends notified to the device")
    guard !parts.isEmpty else { return "" }
    parts[0] = "attempts to inject: " + parts[0]
    return WrappedParts.lines(parts, ", ", style: style, .plain)
  }

  private func preemption(_ guest: GuestActivity, _ style: TextStyle) -> String {
    let waited = guest.delays.first { $0.stage == .injectionToEntry }?.distribution
    guard guest.preempted > 0, let waited else { return "" }
    let sum = waited.mean &* waited.count
    return
      "  preempted for \(Units.duration(guest.preempted)); \(Units.percent(guest.preemptedWithInterrupt, of: sum)) of "
      + "the time from injection to entry\n"
  }
}

extension GuestActivity {
  /// What stands where nothing of entries and exits was recorded.
  static let noEntries = "kvm_entry and kvm_exit were not recorded: exits and delays to an entry are not known"

  /// How many vCPUs it has, and how often it was entered.
  var size: String { "\(Units.count(vcpus, "vCPU")), \(Units.count(entries, "entry", "entries"))" }

  /// What share of the exits interrupts caused, as it goes on a sentence.
  var blame: String {
    let count = exits.reduce(0) { $0 + $1.count }
    guard count > 0 else { return "" }
    let blamed = exits.filter(\.cause.isInterruptRelated).reduce(0) { $0 + $1.count }
    return "; interrupts caused \(Units.percent(blamed, of: count)) of the exits"
  }
}
