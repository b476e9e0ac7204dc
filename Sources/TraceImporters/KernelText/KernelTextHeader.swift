import InterruptTrace

/// What the lines around a text's events say of the recording.
struct KernelTextHeader {
  /// CPUs of the machine: `#P:8`, `# nrcpus avail : 8` (perf), `cpus=8` (trace-cmd).
  var cpus: UInt32? { declared ?? (Set(counts).count == 1 ? counts.first.map { UInt32($0) } : nil) }
  private var declared: UInt32?
  /// The kernel's release, as ``Topology`` has it; `perf script --header` prints it.
  private(set) var release: Topology.KernelRelease?
  /// Numbers of CPUs that `trace-cmd report` gives, one for each file.
  private var counts: [UInt64] = []
  /// Files or instances that lines come from.
  private var names: [[UInt8]] = []
  /// Places of those with events of KVM.
  private var hosts: Set<Int> = []
  private var hasUnnamed = false
  private static let limit = 16

  /// A comment, from its number sign on. Returns how many events were overwritten, if it says so:
  /// `# entries-in-buffer/entries-written: 396772/396800   #P:2`, of which the difference was.
  mutating func take(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UInt64? {
    var scanner = TextScanner(start, end)
    if scanner.skip("# nrcpus avail : ") { declare(scanner.decimal()) }
    if scanner.skip("# os release : ") {
      let text = UnsafeRawBufferPointer(start: scanner.at, count: min(scanner.length, 256))
      release = Topology.KernelRelease(in: String(decoding: text, as: UTF8.self))
    }
    guard scanner.skip("# entries-in-buffer/entries-written: "), let kept = scanner.decimal(), scanner.skip("/"),
      let written = scanner.decimal()
    else { return nil }
    if scanner.skip(through: "#P:") { declare(scanner.decimal()) }
    return written > kept ? written - kept : nil
  }

  private mutating func declare(_ count: UInt64?) {
    if let count, count > 0, count <= 8192 { declared = UInt32(count) }
  }

  /// A line that is no event.
  mutating func takeText(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var scanner = TextScanner(start, end)
    scanner.skipBlanks()
    if scanner.skip("cpus="), let count = scanner.decimal(), (1...8192).contains(count), counts.count < Self.limit {
      counts.append(count)
    }
  }

  /// An event's file or instance, which may have no name.
  mutating func takeRecording(_ name: UnsafeRawBufferPointer, showsGuests: Bool) {
    if name.isEmpty {
      hasUnnamed = true
    } else if let place = names.firstIndex(where: { name.elementsEqual($0) }) {
      if showsGuests { hosts.insert(place) }
    } else if names.count < Self.limit {
      if showsGuests { hosts.insert(names.count) }
      names.append(Array(name))
    }
  }

  /// The recordings that the text holds, if it holds more than one: every event names its file, and the files are of
  /// machines of different sizes, or are named like trace-cmd's. Instances of one recording are named alike, but not so.
  var recordings: [String] {
    guard names.count > 1, !hasUnnamed else { return [] }
    let areMachines = Set(counts).count > 1 && counts.count >= names.count
    let areFiles = names.count { String(decoding: $0, as: UTF8.self).hasSuffix(".dat") } > 1
    return areMachines || areFiles ? names.map { String(decoding: $0, as: UTF8.self) } : []
  }

  /// Of several recordings the host's, which has the events of KVM, and its guests'.
  var hostAndGuests: (host: [UInt8], guests: [[UInt8]])? {
    guard recordings.count > 1, hosts.count == 1, let host = hosts.first else { return nil }
    return (names[host], names.indices.filter { $0 != host }.map { names[$0] })
  }
}
