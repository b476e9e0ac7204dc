/// Puts probes into a kernel and takes them out again.
public final class ProbeInstaller {
  private let files: any HostFiles
  private let tracing: String
  private var events: String { tracing + "/kprobe_events" }

  /// For the kernel whose tracefs is at `tracing`.
  public init(_ files: any HostFiles, tracing: String) {
    self.files = files
    self.tracing = tracing
  }

  /// Adds the best probes of each role that the kernel takes.
  public func install(_ plan: ProbePlan) -> ProbeChoice {
    var choice = ProbeChoice()
    for part in plan.parts {
      var obstacles = part.obstacles
      for probes in part.alternatives {
        let taken = probes.filter { probe in
          do throws(HostFileError) {
            try files.write(probe.definition + "\n", to: events, appending: true)
            return true
          } catch {
            obstacles.append("the kernel does not take a probe on \(probe.place): \(error.reason)")
            return false
          }
        }
        if !taken.isEmpty {
          choice.probes[part.role] = taken
          break
        }
      }
      choice.obstacles[part.role] = obstacles
    }
    return choice
  }

  /// Names of the probes of gicscope that are in the kernel now.
  public var installed: [String] {
    var names: [String] = []
    for line in (files.text(events) ?? "").split(whereSeparator: \.isNewline) {
      guard let word = line.split(separator: " ").first, let colon = word.firstIndex(of: ":"),
        word[word.index(after: colon)...].hasPrefix(Probe.group + "/")
      else { continue }
      let name = String(word[word.index(after: colon)...].dropFirst(Probe.group.count + 1))
      if word.hasPrefix("-") { names.removeAll { $0 == name } } else { names.append(name) }
    }
    return names
  }

  /// Removes all probes of gicscope, those of an earlier run too.
  ///
  /// - Returns: the names of those that the kernel keeps.
  @discardableResult
  public func removeAll() -> [String] {
    let names = installed
    guard !names.isEmpty else { return [] }
    // A probe that is in use cannot be removed.
    try? files.write("0", to: "\(tracing)/events/\(Probe.group)/enable", appending: false)
    for name in names { try? files.write("-:\(Probe.group)/\(name)\n", to: events, appending: true) }
    return installed
  }
}
