import Analyzers
import InterruptTrace

/// One of the two results that are compared: what `analyze --json` writes, from a file or from a capture just analysed.
public struct DiffSide: Sendable {
  /// Why something is not a result.
  public enum Problem: Error, Equatable, Sendable {
    /// It is not JSON.
    case notJSON
    /// It is JSON, but not of `gicscope analyze`.
    case notAResult
    /// It has another schema number.
    case schema(UInt64)
  }

  /// Acknowledges of a class over time.
  struct ActivityCounts: Equatable, Sendable {
    /// Length of a span in ns.
    var width: UInt64
    var counts: [UInt64]
  }

  /// Whose latency, and of what.
  struct LatencyKey: Hashable, Sendable {
    var domain: UInt64
    /// `SGI` and so on, `vSGI` of a guest's interrupts; empty for the delays of a guest.
    var interruptClass: String
    /// Nil for the whole class.
    var intid: UInt64?
    var stage: String
  }

  /// As the user named it.
  public var path: String
  /// From first event to last, in ns.
  public var duration: UInt64
  /// Events replayed.
  public var events: UInt64
  var latencies: [(key: LatencyKey, latency: LatencyDistribution)]
  var counts: [(name: String, count: UInt64)]
  var activity: [(name: String, activity: ActivityCounts)]
  var findings: [ComparedFinding]

  /// Takes in the JSON object of `analyze`.
  public init(path: String, _ document: ValueTree) throws(Problem) {
    guard document["command"]?.string == "analyze", let trace = document["trace"] else { throw .notAResult }
    guard let schema = document["schema"]?.number else { throw .notAResult }
    guard schema == Document.schema else { throw .schema(schema) }
    self.path = path
    events = trace["events"]?.number ?? 0
    let (first, last) = (trace["first_ns"]?.number ?? 0, trace["last_ns"]?.number ?? 0)
    duration = last > first ? last - first : 0
    latencies = Self.latencies(document) + Self.guests(document) + Self.kernel(document)
    counts =
      (document["summary"]?.members ?? []).compactMap { member in member.value.number.map { (member.name, $0) } }
      + Self.exits(document) + Self.kernelCounts(document)
    let width = document["activity"]?["width_ns"]?.number ?? 0
    activity = (document["activity"]?["by_class"]?.members ?? []).map { member in
      (member.name, ActivityCounts(width: width, counts: member.value.elements.compactMap(\.number)))
    }
    findings = (document["findings"]?.elements ?? []).compactMap(ComparedFinding.init)
  }

  /// Reads a file of `analyze --json`.
  public init(path: String, json bytes: some Sequence<UInt8>) throws(Problem) {
    guard let document = ValueTree(parsing: bytes) else { throw .notJSON }
    try self.init(path: path, document)
  }

  private static func latencies(_ document: ValueTree) -> [(key: LatencyKey, latency: LatencyDistribution)] {
    let classes = (document["latency"]?.elements ?? []).compactMap { row -> (LatencyKey, LatencyDistribution)? in
      guard let name = row["class"]?.string, let stage = row["stage"]?.string, let latency = LatencyDistribution(row)
      else {
        return nil
      }
      return (LatencyKey(domain: row["domain"]?.number ?? 0, interruptClass: name, intid: nil, stage: stage), latency)
    }
    let intids = (document["latency_by_intid"]?.elements ?? []).compactMap {
      row -> (LatencyKey, LatencyDistribution)? in
      guard let intid = row["intid"]?.number, let stage = row["stage"]?.string, let latency = LatencyDistribution(row),
        let number = UInt32(exactly: intid)
      else { return nil }
      let name = InterruptClassName.of(number)
      return (LatencyKey(domain: row["domain"]?.number ?? 0, interruptClass: name, intid: intid, stage: stage), latency)
    }
    return classes + intids
  }

  /// Latencies of guests' interrupts, and delays from a hypervisor's own tracing. How long a vCPU waits for work is its
  /// own affair and left out.
  private static func guests(_ document: ValueTree) -> [(key: LatencyKey, latency: LatencyDistribution)] {
    let virtual = (document["virtual"]?["latency"]?.elements ?? []).compactMap {
      row -> (LatencyKey, LatencyDistribution)? in
      guard let name = row["class"]?.string, let stage = row["stage"]?.string, let latency = LatencyDistribution(row)
      else {
        return nil
      }
      return (LatencyKey(domain: 0, interruptClass: "v" + name, intid: nil, stage: stage), latency)
    }
    let delays = (document["kvm"]?.elements ?? []).flatMap { guest in
      (guest["delays"]?.elements ?? []).compactMap { row -> (LatencyKey, LatencyDistribution)? in
        guard let stage = row["stage"]?.string, let latency = LatencyDistribution(row),
          ![GuestDelayStage.slept.name, GuestDelayStage.polled.name].contains(stage)
        else { return nil }
        let domain = guest["domain"]?.number ?? 0
        return (LatencyKey(domain: domain, interruptClass: "", intid: nil, stage: stage), latency)
      }
    }
    return virtual + delays
  }

  /// Exits of guests by cause.
  private static func exits(_ document: ValueTree) -> [(name: String, count: UInt64)] {
    (document["kvm"]?.elements ?? []).flatMap { guest in
      (guest["exits"]?.elements ?? []).compactMap { row in
        guard let cause = row["cause"]?.string, let count = row["exits"]?.number else { return nil }
        return ("guest_\(guest["domain"]?.number ?? 0)_exits.\(cause)", count)
      }
    }
  }
}
