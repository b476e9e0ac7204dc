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
  /// How many events in how long a time.
  var size: String { "\(Units.count(events, "event")) in \(Units.duration(duration))" }
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

  private typealias KeyedLatencies = [(key: LatencyKey, latency: LatencyDistribution)]

  /// The rows of a list that have a latency, a stage and what else `key` wants.
  private static func rows(_ list: ValueTree?, _ key: (ValueTree, _ stage: String) -> LatencyKey?) -> KeyedLatencies {
    (list?.elements ?? []).compactMap { row in
      guard let stage = row["stage"]?.string, let latency = LatencyDistribution(row), let key = key(row, stage) else {
        return nil
      }
      return (key, latency)
    }
  }

  private static func latencies(_ document: ValueTree) -> KeyedLatencies {
    rows(document["latency"]) { row, stage in
      row["class"]?.string.map {
        LatencyKey(domain: row["domain"]?.number ?? 0, interruptClass: $0, intid: nil, stage: stage)
      }
    }
      + rows(document["latency_by_intid"]) { row, stage in
        row["intid"]?.number.flatMap(UInt32.init(exactly:)).map {
          LatencyKey(
            domain: row["domain"]?.number ?? 0, interruptClass: InterruptClass(intid: $0).name, intid: UInt64($0),
            stage: stage)
        }
      }
  }

  /// Latencies of guests' interrupts, and delays from a hypervisor's own tracing. How long a vCPU waits for work is its
  /// own affair and left out.
  private static func guests(_ document: ValueTree) -> KeyedLatencies {
    let own = [GuestDelayStage.slept.name, GuestDelayStage.polled.name]
    let virtual = rows(document["virtual"]?["latency"]) { row, stage in
      row["class"]?.string.map { LatencyKey(domain: 0, interruptClass: "v" + $0, intid: nil, stage: stage) }
    }
    return virtual
      + (document["kvm"]?.elements ?? []).flatMap { guest in
        rows(guest["delays"]) { _, stage in
          own.contains(stage)
            ? nil : LatencyKey(domain: guest["domain"]?.number ?? 0, interruptClass: "", intid: nil, stage: stage)
        }
      }
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
