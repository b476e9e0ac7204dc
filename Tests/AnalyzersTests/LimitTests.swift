import InterruptTrace
import Replay
import Testing

@testable import Analyzers
@testable import Reports

/// What an analysis keeps does not depend on what a capture holds; what finds no room is counted.
@Suite("Limits of an analysis")
struct LimitTests {
  private static let limits = AnalysisLimits(memory: 4 << 20)

  /// Analyses transitions under the smallest limits.
  private func analyse(_ transitions: [Transition]) throws -> AnalysisResults {
    var options = AnalysisOptions()
    options.limits = Self.limits
    let analysis = Analysis(options: options)
    try transitions.withUnsafeBufferPointer {
      try analysis.consume(
        ReplayBatch(events: UnsafeBufferPointer(start: nil, count: 0), transitions: $0, isReported: true))
    }
    return analysis.results
  }

  private static let many = UInt64(limits.interrupts + 1000)
  private static func lpi(_ n: UInt64) -> UInt32 { 8192 + UInt32(n) }

  @Test("LPIs that come once each: the busiest rows are listed, the rest is counted")
  func once() throws {
    var transitions: [Transition] = []
    for n in 0..<Self.many {
      let intid = Self.lpi(n)
      transitions += [
        Make.msi(n * 10, intid, device: n), Make.acknowledged(n * 10 + 1, intid), Make.ended(n * 10 + 2, intid),
      ]
    }
    // The last of those that have rows of their own is the busiest.
    let busy = Self.lpi(UInt64(Self.limits.owners) - 1)
    transitions += [
      Make.msi(1 << 40, busy, device: 1), Make.acknowledged(1 << 40 + 1, busy), Make.ended(1 << 40 + 2, busy),
    ]
    let results = try analyse(transitions)
    #expect(results.summary.acknowledges == Self.many + 1)
    #expect(results.acknowledges.count == Self.limits.rows)
    #expect(results.acknowledges.contains { $0.intid == busy && $0.count == 2 })
    #expect(results.acknowledges.reduce(0) { $0 + $1.count } + results.unfollowed.acknowledges == Self.many + 1)
    for list in [results.latencyByINTID, results.latencyByDevice] {
      #expect(Set(list.map(\.key)).count == Self.limits.rows)
    }
    #expect(results.unfollowed.latencies > 0 && results.unfollowed.transitions > 0)
    // Classes are complete whatever the rows are.
    #expect(results.distribution(.lpi, .pendingToAcknowledge)?.count == Self.many + 1)
    #expect(results.distribution(.lpi, .injectionToEOI)?.count == Self.many + 1)
  }

  @Test("The text and the JSON report have a row that says what was left out, only if something was")
  func row() throws {
    func report(_ results: AnalysisResults) -> AnalysisReport {
      let trace = TraceSummary(
        path: "", format: TraceFormat(name: ""), events: 1, firstTime: 0, lastTime: 1, gaps: 0,
        statistics: ImportStatistics(), topology: Topology())
      return AnalysisReport(trace: trace, results: results, predictions: [])
    }
    let few = report(try analyse([Make.acknowledged(1, 40)]))
    #expect(!few.text(TextStyle(isColoured: false)).contains("Beyond the memory limit"))
    #expect(few.json["beyond_limits"]?["acknowledges"] == .number(0))
    let many = report(try analyse((0..<Self.many).map { Make.acknowledged($0, Self.lpi($0)) }))
    #expect(many.text(TextStyle(isColoured: false)).contains("acknowledges of INTIDs without a row"))
    #expect(many.json["beyond_limits"]?["acknowledges"] != .number(0))
  }

  @Test("Interrupts that never end, and ends that nothing precedes: no claim about those that were not followed")
  func unfollowed() throws {
    let never = try analyse((0..<Self.many).map { Make.acknowledged($0, Self.lpi($0)) })
    #expect(never.exclusions.activeAtEnd == UInt64(Self.limits.inService))
    #expect(never.unfollowed.moments == Self.many - UInt64(Self.limits.inService))
    let ended = try analyse(
      (0..<Self.many).map { Make.acknowledged($0, Self.lpi($0)) }
        + (0..<Self.many).map { Make.ended(1 << 40 + $0, Self.lpi($0)) })
    // All were acknowledged, so none ended without it.
    #expect(ended.exclusions.endWithoutAcknowledge == 0)
    let followed = Set((0..<UInt64(Self.limits.interrupts)).map(Self.lpi))
    for finding in never.findings + ended.findings {
      if let intid = finding.intid { #expect(followed.contains(intid)) }
    }
  }

  @Test("More different entries than an ITS's cache is followed for count as first look-ups, and are counted")
  func translations() {
    var stack = StackDistance(limit: 100)
    for key in 0..<150 { #expect(stack.reference(UInt64(key)).distance == 0) }
    #expect(stack.different == 100 && stack.unfollowed == 50)
    #expect(stack.reference(0).distance == 100)
    #expect(stack.reference(149).distance == 0)
  }

  @Test("A full table keeps what it has, gives what comes a value that is not kept, and counts it")
  func table() {
    var table = LiveTable<UInt64>(7, limit: 3)
    for key in 1...5 { table.insert(UInt64(key)).pointee += 1 }
    #expect(table.count == 3 && table.unkept == 2 && table.isFull)
    #expect(table.find(3)?.pointee == 8 && table.find(4) == nil)
    // The value that is not kept starts again each time, and cannot be removed.
    let value = table.insert(9)
    #expect(value.pointee == 7)
    table.remove(at: value)
    #expect(table.count == 3)
    table.remove(1)
    #expect(table.insert(9).pointee == 7 && table.count == 3 && table.find(9) != nil)
    var dense = DenseTable<UInt64>(7, limit: 2)
    for key in 1...4 { dense.insert(UInt64(key)).pointee += 1 }
    #expect(dense.count == 2 && dense.unkept == 2)
    #expect(dense.sorted().map { dense[$0.number].pointee } == [8, 8])
    #expect(dense.number(of: dense.insert(2)) == 1 && dense.number(of: dense.insert(3)) == nil)
    let (rows, rest) = table.busiest(2)
    #expect(rows.count == 2 && rest == table.unkept + 7)
  }

  @Test("Injections and vCPUs of all guests have limits in common; what finds no room is counted")
  func guests() {
    let tables = GuestTables(Self.limits)
    for n in 0..<Self.limits.pending + 5 {
      tables.waiting.insert(GuestTables.key(UInt16(n % 100), n / 100 % 50, UInt32(n / 5000))).pointee.time = 1
    }
    #expect(tables.waiting.count == Self.limits.pending && tables.unfollowed == 5)
    #expect(tables.take(vcpus: 32_000) && !tables.take(vcpus: 1000) && tables.take(vcpus: 768))
    #expect(tables.unfollowed == 6)
  }

  @Test("A gap forgets every interrupt's state that came before it, and looks at none twice")
  func gap() {
    var analyzer = FindingsAnalyzer(limits: Self.limits)
    func isPending(_ n: UInt64) -> Bool? {
      analyzer.interrupts.find(Make.pending(0, Self.lpi(n)).interruptKey)?.pointee.isPending
    }
    for n in 0..<Self.many { analyzer.take(Make.pending(n, Self.lpi(n))) }
    #expect(analyzer.touched.count == Self.limits.interrupts && isPending(0) == true)
    analyzer.take(Make.make(.gap, Self.many, .max))
    #expect(analyzer.touched.isEmpty && isPending(0) == false && isPending(1) == false)
    analyzer.take(Make.pending(Self.many + 1, Self.lpi(1)))
    analyzer.take(Make.pending(Self.many + 2, Self.lpi(1)))
    #expect(analyzer.touched.count == 1 && isPending(1) == true)
  }

  @Test("Interrupts of a traced kernel that find no room are counted")
  func kernelLines() throws {
    var analyzer = KernelInterruptAnalyzer(filter: nil, limits: Self.limits)
    let events = (0..<UInt64(Self.limits.kernelLines + 5)).map { Event(time: $0, kind: .handlerEnter, pe: 0, a: $0) }
    events.withUnsafeBufferPointer {
      analyzer.consume(
        ReplayBatch(events: $0, transitions: UnsafeBufferPointer(start: nil, count: 0), isReported: true),
        hasSoftware: true)
    }
    #expect(analyzer.lines.rows.count == Self.limits.kernelLines && analyzer.unlisted == 5)
  }

  @Test("The Distributor's group enables are charged to what waits on every PE, whenever it came (4.8)")
  func distributor() {
    var transitions = [Make.make(.groupEnables, 10, .max, PE.none, a: 4, b: 4)]
    transitions += (0..<20).map { Make.pending(100, 32 + $0, pe: $0) }
    // Off for 5, on, and off for 6.
    for (time, enabled) in [(110, 0), (115, 4), (120, 0), (126, 4)] as [(UInt64, UInt64)] {
      transitions.append(Make.make(.groupEnables, time, .max, PE.none, a: enabled, b: 4))
    }
    transitions += (0..<20).map { Make.acknowledged(150, 32 + $0, pe: $0) }
    let waits = AnalyzersTests.analyse(transitions).waits
    #expect(waits.first { $0.cause == .groupsDisabled }?.total == 20 * 11)
    #expect(waits.first { $0.cause == .acknowledge }?.total == 20 * 39)
  }

  @Test("An LPI that is pending on several PEs is disabled on each of them (5.1.2)")
  func severalPEs() {
    var transitions = (0..<5).map { Make.pending(100, 8192, pe: $0, .msi) }
    transitions.append(Make.acknowledged(110, 8192, pe: 2))
    transitions.append(Make.make(.disabled, 120, 8192, PE.none))
    transitions.append(Make.make(.enabled, 127, 8192, PE.none))
    transitions += [0, 4, 3, 1].map { Make.acknowledged(130, 8192, pe: $0) }
    let waits = AnalyzersTests.analyse(transitions).waits
    #expect(waits.first { $0.cause == .disabled }?.total == 4 * 7)
    #expect(waits.first { $0.cause == .acknowledge }?.total == 10 + 4 * 23)
  }
}
