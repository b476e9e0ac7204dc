import GICModel
import InterruptTrace
import LPIStore
import Testing
import TraceImporters

@testable import Replay

@Suite("State as bytes")
struct StateArchiveTests {
  static let captures = [
    "its-and-preemption/trace.log.xz", "gicv2-ipi-qemu10/trace.log", "random-gicv3-qemu10/trace.log.xz",
    "two-security-states/trace.log.zst", "random-gicv2/trace.log.lz4", "secure-gicv2/trace.log.lz4",
    "resets-gicv3/trace.log.lz4", "gicv4/trace.log.zst", "nested-gicv2/trace.log.xz", "nested-gicv3/trace.log.zst",
    "kvm-one-second/ftrace.txt.zst", "kvm-cases/ipi-send-cpu-inside.txt.zst", "kvm-cases/shown-fills-inside.txt.zst",
  ]

  static func path(_ name: String) -> String { GoldenCapture.folder.appending(path: name).path }

  private static func written(_ models: inout ReplayModels) -> [UInt8] {
    var archive = StateArchive()
    models.archive(&archive)
    return archive.bytes
  }

  @Test("What was read back goes on as the original does", arguments: captures)
  func goesOn(name: String) throws {
    let (timeline, topology) = try Self.beginning(of: name)
    for store in [nil, LPIStoreKind(ReferenceLPIStore.self)] {
      var options = ControllerOptions()
      options.lpiStore = store
      var original = ReplayModels(Controller(topology: topology, options: options), .init())
      var place: UInt64 = 0
      for step in 1...4 as ClosedRange<UInt64> {
        let next = timeline.count * step / 5
        _ = apply(timeline.events(place..<next), place, &original)
        place = next
        var archive = StateArchive(reading: Self.written(&original))
        var read = ReplayModels(Controller(topology: topology, options: options), .init())
        read.archive(&archive)
        #expect(archive.isComplete)
        #expect(read.controller.topology == original.controller.topology)
        #expect(read.controller.checkInvariants() == nil)
        var straight = original.copy()
        let rest = timeline.events(place..<timeline.count)
        #expect(apply(rest, place, &read) == apply(rest, place, &straight), "from event #\(place)")
        #expect(read.controller.state() == straight.controller.state())
        #expect(read.controller.predictions == straight.controller.predictions)
        #expect(read.controller.disagreements == straight.controller.disagreements)
        for domain in straight.hypervisor?.domains ?? 1..<1 {
          let expected = straight.hypervisor?.state(domain: domain, .init())
          #expect(read.hypervisor?.state(domain: domain, .init()) == expected)
        }
        #expect("\(read.hypervisor?.summaries ?? [])" == "\(straight.hypervisor?.summaries ?? [])")
      }
    }
  }

  /// The first events of a capture.
  private static func beginning(of name: String) throws -> (ReplayTimeline, Topology) {
    let source = try openTrace(paths: [path(name)])
    var events: [Event] = []
    var batch = EventBatch(capacity: 1024)
    while events.count < 30_000, try source.read(into: &batch) > 0 { events += Array(batch.events) }
    return (try ReplayTimeline(source: EventArraySource(events, topology: source.topology)), source.topology)
  }

  /// What follows, as bytes.
  private func apply(_ events: UnsafeBufferPointer<Event>, _ first: UInt64, _ models: inout ReplayModels) -> [UInt8] {
    var (rest, number, all) = (events, first, [UInt8]())
    var buffer = TransitionBuffer()
    while !rest.isEmpty {
      buffer.removeAll()
      let part = models.apply(rest, firstIndex: number, into: &buffer)
      if BatchSurvey(part).hasGuests { models.applyToGuests(part, firstIndex: number, into: &buffer) }
      all += UnsafeRawBufferPointer(buffer.transitions)
      number += UInt64(part.eventCount)
      rest = UnsafeBufferPointer(rebasing: rest[part.count...])
    }
    return all
  }

  @Test("Bytes that end early, or have some left, are not complete")
  func incomplete() throws {
    var models = ReplayModels(Controller(topology: Topology()), .init())
    let bytes = Self.written(&models)
    for bytes in [Array(bytes.dropLast()), Array(bytes.prefix(100)), [], bytes + [0]] {
      var archive = StateArchive(reading: bytes)
      var read = ReplayModels(Controller(topology: Topology()), .init())
      read.archive(&archive)
      #expect(!archive.isComplete)
    }
  }

  @Test("Counts that no bytes follow are not believed")
  func counts() {
    var archive = StateArchive()
    _ = archive.number(1 << 40)
    var reading = StateArchive(reading: archive.bytes)
    var values: [UInt64] = [1]
    reading.array(&values)
    #expect(values.isEmpty && reading.isBroken)
  }
}
