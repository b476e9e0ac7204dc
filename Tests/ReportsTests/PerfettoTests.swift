import Foundation
import InterruptTrace
import PerfettoTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

@Suite("Perfetto timeline")
struct PerfettoTests {
  private func trace(of capture: String) throws -> ([UInt8], AnalysisReport) {
    var bytes: [UInt8] = []
    let report = try BundledCapture.analyse(capture) { [PerfettoReport(topology: $0) { bytes += $0 }] }
    return (bytes, report)
  }

  @Test("Slices of a stage are as many as its latencies", arguments: BundledCapture.small)
  func counts(capture: String) throws {
    let (bytes, report) = try trace(of: capture)
    let content = try PerfettoContent(bytes)
    for stage in [LatencyStage.pendingToAcknowledge, .acknowledgeToEOI, .acknowledgeToDeactivate] {
      #expect(content.begins[stage.name, default: 0] == report.results.latency(of: stage).count)
    }
    #expect(content.begins["source", default: 0] == 0)
    #expect(content.instants["spuriousAcknowledge", default: 0] == report.results.summary.spuriousAcknowledges)
    #expect(content.instants["itsCommand", default: 0] == report.results.summary.itsCommands)
  }

  @Test("Slices of a track do not overlap, and each has an end", arguments: BundledCapture.small)
  func nesting(capture: String) throws {
    let content = try PerfettoContent(trace(of: capture).0)
    for (track, events) in content.slices {
      var open = 0
      var last: UInt64 = 0
      // Equal times stay in the order of the file, as Perfetto's importer has it.
      for (_, event) in events.enumerated().sorted(by: { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) })
      {
        open += event.isBegin ? 1 : -1
        #expect(open == 0 || open == 1, "track \(track) at \(event.time)")
        #expect(event.time >= last)
        last = event.time
      }
      #expect(open == 0)
    }
  }

  @Test(
    "A flow has both ends, and ends once",
    arguments: BundledCapture.small + ["nested-gicv3", "nested-gicv2", "gicv4", "kvm-one-second/trace.dat"])
  func flows(capture: String) throws {
    let content = try PerfettoContent(trace(of: capture).0)
    #expect(!content.flowSources.isEmpty)
    #expect(content.flowUses.filter { $0.value < 2 }.count == 0)
    #expect(content.flowEnds.count == content.flowEndCount)
  }

  @Test("Each finding is an instant where it first shows", arguments: ["stale-lpi-configuration", "nested-gicv3"])
  func findings(capture: String) throws {
    let (bytes, report) = try trace(of: capture)
    let content = try PerfettoContent(bytes)
    #expect(content.instants["finding", default: 0] == UInt64(report.results.findings.count))
    #expect(content.names.contains("Findings") == !report.results.findings.isEmpty)
  }

  @Test("Misses of ITS caches end where the analysis has them", arguments: ["its-and-preemption", "linux-gicv3-its"])
  func cacheMisses(capture: String) throws {
    let (bytes, report) = try trace(of: capture)
    let content = try PerfettoContent(bytes)
    let shape = try #require(report.results.its.first?.shapes.first)
    #expect(shape.shape == ITSCacheShape.standard[0])
    for cache in shape.caches where cache.misses > 0 {
      let counts = content.countersByTrack["\(cache.table.name) cache misses"] ?? []
      #expect(counts.last == Int64(cache.misses), "\(cache.table.name)")
      #expect(counts == counts.sorted())
    }
  }

  @Test("A physical interrupt that is handed to a guest is joined to the list registers that hold the guest's")
  func handedOver() throws {
    let (bytes, report) = try trace(of: "nested-gicv3")
    let content = try PerfettoContent(bytes)
    let listed = content.sliceFlows["list_register", default: []]
    let handled = content.sliceFlows[LatencyStage.acknowledgeToEOI.name, default: []].filter { $0 >> 62 == 1 }
    let handedOver = listed.filter { $0 >> 62 == 1 }
    #expect(handedOver.count > 100)
    #expect(Set(handedOver).isSubset(of: handled))
    let virtual = report.results.virtual
    let joined = virtual.latency(of: .physicalAcknowledgeToListed).reduce(0) { $0 + $1.distribution.count }
    #expect(UInt64(Set(handedOver).count) >= joined)
  }

  @Test("A hypervisor's own trace: each entry is a slice, and injections lead to list registers")
  func guests() throws {
    let (bytes, report) = try trace(of: "kvm-one-second/trace.dat")
    let content = try PerfettoContent(bytes)
    #expect(content.begins["guest"] == report.results.kvm.reduce(0) { $0 + $1.entries })
    #expect(content.begins["handler", default: 0] > 0)
    #expect(content.names.isSuperset(of: ["Guest 1", "in the guest", "handlers", "Injections"]))
    let waited = report.results.kvm[0].delays.first { $0.stage == .injectionToEntry }?.distribution.count
    let listed = Set(content.sliceFlows["list_register", default: []])
    #expect(UInt64(listed.intersection(content.flowSources).count) == waited)
  }

  @Test("Every track that events name is described before, under one root for each domain and one of findings")
  func tracks() throws {
    let content = try PerfettoContent(trace(of: "its-and-preemption").0)
    #expect(content.undescribed == 0)
    #expect(content.roots == ["Physical controller", "Findings"])
    #expect(content.names.isSuperset(of: ["PE 0", "ITS", "SGIs sent", "pending", "acknowledge to end"]))
  }

  @Test("A list register's slices: listed, active inside, ended with what ends them")
  func listRegisters() throws {
    var bytes: [UInt8] = []
    let report = PerfettoReport(topology: Topology()) { bytes += $0 }
    let list = [
      Transition(time: 10, event: 1, kind: .lrFilled, pe: 1, intid: 27, a: 0),
      Transition(time: 20, event: 2, kind: .virtualAcknowledged, pe: 1, intid: 27, a: 0),
      Transition(time: 30, event: 3, kind: .lrFilled, pe: 1, intid: 27, a: 0),
      Transition(time: 40, event: 4, kind: .virtualEndOfInterrupt, pe: 1, intid: 27, a: 0, b: 1),
      Transition(time: 50, event: 5, kind: .lrOverwritten, pe: 1, intid: 27, a: 0),
      Transition(time: 50, event: 5, kind: .lrFilled, pe: 1, intid: 40, a: 0),
      Transition(time: 60, event: 6, kind: .virtualEndOfInterrupt, pe: 1, intid: 99, a: 0xFF),
    ]
    try list.withUnsafeBufferPointer {
      try report.consume(ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0))
    }
    let summary = TraceSummary(
      path: "", format: TraceFormat(name: ""), events: 6, firstTime: 10, lastTime: 70, gaps: 0,
      statistics: ImportStatistics(), topology: Topology())
    try report.finish(AnalysisReport(trace: summary, results: AnalysisResults(), predictions: []))
    let content = try PerfettoContent(bytes)
    let slices = content.slices.values.flatMap { $0 }.map { "\($0.isBegin ? "[" : "]")\($0.time)" }
    #expect(slices == ["[10", "[20", "]40", "]50", "[50", "]70"])
    #expect(content.counters == [1])
  }

  @Test("Spans that overlap get lanes of their own; a free lane is used again")
  func lanes() {
    var lanes = LaneAllocator()
    #expect(lanes.lane(from: 10, to: 20) == 0)
    #expect(lanes.lane(from: 15, to: 25) == 1)
    #expect(lanes.lane(from: 20, to: 30) == 0)
    #expect(lanes.lane(from: 30, to: 40) == 0)
    #expect(lanes.lane(from: 26, to: 41) == 1)
  }

  /// Perfetto's own descriptor comes with its Python package; `pip install perfetto` makes this test run.
  static let hasDescriptor = PythonCheck.run("import perfetto.protos.perfetto.trace.perfetto_trace_pb2")?.status == 0

  @Test(
    "Perfetto's published descriptor reads the file to the last field",
    .enabled(if: hasDescriptor, "the Python package perfetto is not installed"),
    arguments: ["its-and-preemption", "nested-gicv2", "kvm-one-second/trace.dat"])
  func descriptor(capture: String) throws {
    let (bytes, report) = try trace(of: capture)
    let file = TemporaryFile(".pftrace")
    try Data(bytes).write(to: URL(filePath: file.path))
    let result = try #require(PythonCheck.run(PythonCheck.countSlices, file.path))
    #expect(result.status == 0)
    let lines = Set(result.output.split(separator: "\n").map(String.init))
    for stage in [LatencyStage.pendingToAcknowledge, .acknowledgeToEOI, .acknowledgeToDeactivate] {
      let count = report.results.latency(of: stage).count
      if count > 0 { #expect(lines.contains("\(stage.name) \(count)"), "\(result.output)") }
    }
    let entries = report.results.kvm.reduce(0) { $0 + $1.entries }
    if entries > 0 { #expect(lines.contains("guest \(entries)"), "\(result.output)") }
    #expect(lines.contains("unknown 0"))
  }
}

/// What a trace holds.
struct PerfettoContent {
  var begins: [String: UInt64] = [:]
  var instants: [String: UInt64] = [:]
  var slices: [UInt64: [(time: UInt64, isBegin: Bool)]] = [:]
  var flowSources = Set<UInt64>()
  var flowEnds = Set<UInt64>()
  var flowEndCount = 0
  /// How many events have a flow.
  var flowUses: [UInt64: Int] = [:]
  var names = Set<String>()
  var roots: [String] = []
  var undescribed = 0
  var counters: [Int64] = []
  /// By the track's name, where that is one track's only.
  var countersByTrack: [String: [Int64]] = [:]
  /// Flows that lead through slices, by category.
  var sliceFlows: [String: [UInt64]] = [:]

  init(_ bytes: [UInt8]) throws {
    let trace = try Gicscope_Perfetto_Trace(serializedBytes: bytes)
    var categories: [UInt64: String] = [:]
    var described: [UInt64: String] = [:]
    for packet in trace.packet {
      for category in packet.internedData.eventCategories { categories[category.iid] = category.name }
      if packet.hasTrackDescriptor {
        described[packet.trackDescriptor.uuid] = packet.trackDescriptor.name
        names.insert(packet.trackDescriptor.name)
        if !packet.trackDescriptor.hasParentUuid { roots.append(packet.trackDescriptor.name) }
        continue
      }
      let event = packet.trackEvent
      if described[event.trackUuid] == nil { undescribed += 1 }
      let category = event.categoryIids.first.flatMap { categories[$0] } ?? ""
      switch event.type {
      case .sliceBegin:
        begins[category, default: 0] += 1
        sliceFlows[category, default: []] += event.flowIds
        slices[event.trackUuid, default: []].append((packet.timestamp, true))
      case .sliceEnd: slices[event.trackUuid, default: []].append((packet.timestamp, false))
      case .instant:
        instants[category, default: 0] += 1
        flowSources.formUnion(event.flowIds)
      case .counter:
        counters.append(event.counterValue)
        countersByTrack[described[event.trackUuid] ?? "", default: []].append(event.counterValue)
      default: break
      }
      for flow in event.flowIds + event.terminatingFlowIds { flowUses[flow, default: 0] += 1 }
      flowEnds.formUnion(event.terminatingFlowIds)
      flowEndCount += event.terminatingFlowIds.count
    }
  }
}

/// Checks that need a Python package.
enum PythonCheck {
  static let countSlices = """
    import sys, collections
    from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as pb
    trace = pb.Trace()
    trace.ParseFromString(open(sys.argv[1], 'rb').read())
    names, counts, unknown = {}, collections.Counter(), 0
    for packet in trace.packet:
        for entry in packet.interned_data.event_categories: names[entry.iid] = entry.name
        if packet.HasField('track_event') and packet.track_event.type == pb.TrackEvent.TYPE_SLICE_BEGIN:
            counts[names[packet.track_event.category_iids[0]]] += 1
    # A field that the descriptor does not know is kept aside, and comes back when it is written.
    copy = pb.Trace(); copy.CopyFrom(trace); copy.DiscardUnknownFields()
    print('unknown', len(trace.SerializeToString()) - len(copy.SerializeToString()))
    for name, count in counts.items(): print(name, count)
    """

  static func run(_ program: String, _ arguments: String...) -> (status: Int32, output: String)? {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
