import Glibc
import InterruptTrace

/// Traces of guests beside their host's: what trace-cmd's agents sent, or what was put there later.
extension RecordingFolder {
  /// A guest's own trace: one that trace-cmd names after the guest, or one of these names.
  private static let guestNames = ["guest.dat", "guest.txt"]
  /// The guest's `/proc/interrupts`, where there is one guest.
  private static let guestInterruptName = "guest-interrupts.txt"

  /// The guests' traces, by name.
  var guests: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if Self.guestNames.contains(name) || name.hasPrefix("trace-") && name.hasSuffix(".dat") { names.append(name) }
    }
    return names.sorted().map { path + "/" + $0 }
  }

  /// The host's trace and its guests' as one. Each is of the guest in whose vCPUs' runs its events lie best.
  func merge(
    _ host: any EventSource, _ trace: String, _ guests: [String], _ options: ImportOptions
  ) throws(TraceError) -> any EventSource {
    let ours = try CaptureSignals(try openTrace(paths: [trace]))
    var options = options
    options.interrupts = nil
    var merged = host
    var taken: Set<UInt16> = []
    for guest in guests {
      let theirs = try CaptureSignals(try openTrace(paths: [guest]))
      guard var relation = Self.relation(ours, theirs, without: taken) else {
        throw .unreadable(
          path: guest,
          reason: "no guest in \(trace) is entered as this trace needs it: is it of the same run? Without it in the "
            + "folder, the host's trace is read alone; gicscope merge takes an --offset")
      }
      taken.insert(relation.guest)
      if guests.count == 1, let text = Self.content(path + "/" + Self.guestInterruptName),
        let interrupts = InterruptMap(text: text)
      {
        relation.interrupts = interrupts
      }
      merged = MergedSource(merged, try openTrace(paths: [guest], options: options), relation)
    }
    return merged
  }

  private static func relation(
    _ host: CaptureSignals, _ guest: CaptureSignals, without taken: Set<UInt16>
  ) -> MergedSource.Relation? {
    var best: (share: Double, relation: MergedSource.Relation)?
    for domain in host.runs.keys.sorted() where !taken.contains(domain) {
      guard let clock = ClockOffset.find(host, guest, guest: domain) else { continue }
      let share = Double(clock.matched) / Double(max(clock.compared, 1))
      if share > best?.share ?? -1 { best = (share, MergedSource.Relation(clock: clock, guest: domain)) }
    }
    return best?.relation
  }
}
