import Analyzers
import InterruptTrace
import Replay
import Reports

/// Any events through replay, the models of controller and hypervisor, every analyzer and every report: however the events
/// are cut into batches, the report is the same.
func fuzzAnalysis(_ bytes: [UInt8]) throws {
  let arbitrary = ArbitraryEvents(bytes)
  // Heat maps and rates are made for times that a capture may have.
  let events = arbitrary.events.map { event in
    var event = event
    event.time = min(event.time, 1 << 40)
    return event
  }
  let whole = try report(events, arbitrary.topology, batchCapacity: 3072)
  let pieces = try report(events, arbitrary.topology, batchCapacity: 7)
  let (text, other) = (whole.json.jsonText, pieces.json.jsonText)
  try require(text == other, "in batches of 7 the report is another: \(firstDifference(text, other))")
  try require(whole.text(TextStyle(isColoured: true)) == pieces.text(TextStyle(isColoured: true)), "another text")
  try require(whole.html().hasSuffix("</html>\n"), "a page without end")
  let side = try DiffSide(path: "arbitrary", whole.json)
  try require(!DiffReport(before: side, after: side).isDifferent, "it differs from itself")
}

private func report(_ events: [Event], _ topology: Topology, batchCapacity: Int) throws -> AnalysisReport {
  var options = ReplayOptions()
  (options.isThreaded, options.batchCapacity, options.deliversUnreported) = (false, batchCapacity, true)
  let engine = ReplayEngine(
    source: EventArraySource(events, topology: topology, batchLimit: batchCapacity), options: options)
  let analysis = Analysis()
  try engine.run(analysis.consume)
  let results = analysis.results
  return AnalysisReport(
    trace: TraceSummary(path: "arbitrary", engine: engine, gaps: results.gapCount), results: results,
    predictions: engine.predictions)
}

private func firstDifference(_ one: String, _ other: String) -> String {
  let lines = zip(one.split(separator: "\n"), other.split(separator: "\n"))
  return lines.first { $0 != $1 }.map { "\($0) | \($1)" } ?? "one is longer"
}
