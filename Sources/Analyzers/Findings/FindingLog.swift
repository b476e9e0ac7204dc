import InterruptTrace

/// Findings as they come up: those of one kind about one interrupt, PE and reason are one, counted.
///
/// A reference, so that a finding may be described by what it is recorded in.
final class FindingLog {
  /// What makes two occurrences the same finding.
  struct Key: Equatable {
    var kind: FindingKind
    var domain: UInt16
    var pe: UInt32 = PE.none
    var intid: UInt32 = .max
    /// DeviceID and EventID; `.max` for none.
    var source: UInt64 = .max
    /// Tells reasons of one kind apart.
    var reason: UInt32 = 0
    /// It is a guest's interrupt, seen through list registers.
    var isVirtual = false

    /// A number that few others have: with one finding for each of a million devices, hashing is most of the work.
    var hash: UInt64 {
      let rest = UInt64(reason) << 32 | UInt64(domain) << 16 | UInt64(kind.rawValue) << 1 | (isVirtual ? 1 : 0)
      let whose = (UInt64(intid) << 32 | UInt64(pe)).byteSwapped
      let first = (source ^ whose).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      let second = (rest ^ first.high ^ first.low).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      return (second.high ^ second.low) >> 1
    }
  }

  // No access to one lasts while another starts.
  @exclusivity(unchecked) private var findings: [Finding] = []
  private var keys: [Key] = []
  /// By the hash of its key, or the next that is free, the place of each finding.
  private var index = LiveTable(-1, limit: .max)
  /// The finding that occurred last: it is often the next one too.
  @exclusivity(unchecked) private var last: (key: Key, place: Int)?
  /// Of each whether nothing which the capture leaves out can make it untrue.
  private var isObserved: [Bool] = []
  /// What was recorded last, should it have to be withdrawn.
  private var recent: [Occurrence] = []
  private let limit: Int
  /// Occurrences that found no room in the list.
  private(set) var unlisted: UInt64 = 0

  init(limit: Int) { self.limit = limit }

  private init(copying other: FindingLog) {
    (limit, findings, keys, unlisted) = (other.limit, other.findings, other.keys, other.unlisted)
    index = LiveTable(copying: other.index)
    (isObserved, recent) = (other.isObserved, other.recent)
  }

  /// An independent copy.
  func copy() -> FindingLog { FindingLog(copying: self) }

  private func place(of key: Key) -> Int? {
    if let last, last.key == key { return last.place }
    var hash = key.hash
    while let place = index.find(hash)?.pointee {
      if keys[place] == key {
        last = (key, place)
        return place
      }
      hash &+= 1
    }
    return nil
  }

  private func list(_ place: Int) {
    var hash = keys[place].hash
    while index.find(hash) != nil { hash &+= 1 }
    index.insert(hash).pointee = place
  }

  /// Counts an occurrence of what is known, or of what there is no room for; false if it is the first of a new finding.
  func repeats(_ key: Key, event: UInt64, time: UInt64, count: UInt64) -> Bool {
    if let place = place(of: key) {
      keep(Occurrence(place: place, event: event, before: findings[place]))
      findings[place].count &+= count
      findings[place].lastEvent = event
      findings[place].lastTime = time
      return true
    }
    guard findings.count >= limit else { return false }
    unlisted &+= count
    return true
  }

  /// Counts an occurrence; `describe` gives the words if it is the first.
  func record(_ key: Key, event: UInt64, time: UInt64, count: UInt64 = 1, _ describe: () -> Description) {
    if repeats(key, event: event, time: time, count: count) { return }
    let text = describe()
    isObserved.append(text.isObserved)
    keep(Occurrence(place: findings.count, event: event))
    findings.append(Self.finding(key, event, time, count, text))
    keys.append(key)
    list(keys.count - 1)
  }

  /// One occurrence, and the finding's last as it was before.
  private struct Occurrence {
    var place: Int
    var event: UInt64
    var count: UInt64 = 0
    var lastEvent: UInt64 = 0
    var lastTime: UInt64 = 0

    init(place: Int, event: UInt64) { (self.place, self.event) = (place, event) }
    init(place: Int, event: UInt64, before: Finding) {
      (self.place, self.event, count) = (place, event, before.count)
      (lastEvent, lastTime) = (before.lastEvent, before.lastTime)
    }
  }

  /// Occurrences that can be withdrawn: those of a set-up, which is short.
  private static var recentLimit: Int { 256 }

  private func keep(_ occurrence: Occurrence) {
    if recent.count >= 2 * Self.recentLimit { recent.removeFirst(Self.recentLimit) }
    recent.append(occurrence)
  }

  /// Takes back what was recorded about a domain from an event on, by a state that was not the state any more. What the
  /// accesses themselves show stays.
  func withdraw(domain: UInt16, from event: UInt64) {
    var isLess = false
    while let last = recent.last, last.event >= event {
      recent.removeLast()
      guard findings[last.place].domain == domain, !isObserved[last.place] else { continue }
      findings[last.place].count = last.count
      findings[last.place].lastEvent = last.lastEvent
      findings[last.place].lastTime = last.lastTime
      if last.count == 0 { isLess = true }
    }
    if isLess {
      index = LiveTable(-1, limit: .max)
      for place in findings.indices where findings[place].count > 0 { list(place) }
    }
    last = nil
  }

  private static func finding(
    _ key: Key, _ event: UInt64, _ time: UInt64, _ count: UInt64, _ text: Description
  ) -> Finding {
    Finding(
      kind: key.kind,
      severity: text.severity,
      certainty: text.certainty,
      domain: key.domain,
      isVirtual: key.isVirtual,
      intid: key.intid == INTID.none ? nil : key.intid,
      deviceID: key.source == .max ? nil : UInt32(truncatingIfNeeded: key.source >> 32),
      eventID: key.source == .max || key.source & 0xFFFF_FFFF == 0xFFFF_FFFF
        ? nil : UInt32(truncatingIfNeeded: key.source),
      pe: key.pe == PE.none ? nil : key.pe,
      count: count,
      firstEvent: text.event ?? event,
      lastEvent: event,
      firstTime: text.time ?? time,
      lastTime: time,
      summary: text.summary,
      chain: text.chain,
      next: "",
      advice: text.advice
    )
  }

  /// Whether something is among the findings.
  func contains(_ key: Key) -> Bool { place(of: key) != nil }

  /// All of them, each with whether what the capture shows is enough.
  var all: [(finding: Finding, isObserved: Bool)] {
    zip(findings, isObserved).filter { $0.0.count > 0 }.map { ($0, $1) }
  }

  /// The worst first, then in the order in which they came up.
  func sorted(_ findings: [Finding]) -> [Finding] {
    findings.sorted {
      ($0.severity, $0.firstEvent, $0.kind.rawValue, $0.intid ?? 0, $0.pe ?? 0)
        < ($1.severity, $1.firstEvent, $1.kind.rawValue, $1.intid ?? 0, $1.pe ?? 0)
    }
  }

  /// What a new finding says.
  struct Description {
    var severity: FindingSeverity
    var certainty: FindingCertainty
    var summary: String
    var chain: [Finding.Link]
    var advice: String
    /// Where it began, if not where it was noticed.
    var event: UInt64?
    var time: UInt64?
    /// What the capture shows is enough: nothing that it may leave out can make it untrue.
    var isObserved = false

    init(
      _ severity: FindingSeverity, _ certainty: FindingCertainty, _ summary: String, _ chain: [Finding.Link],
      advice: String, event: UInt64? = nil, time: UInt64? = nil, since moment: Moment? = nil
    ) {
      (self.severity, self.certainty, self.summary, self.chain) = (severity, certainty, summary, chain)
      (self.advice, self.event, self.time) = (advice, moment?.event ?? event, moment?.time ?? time)
    }
  }
}
