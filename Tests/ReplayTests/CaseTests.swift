import Foundation
import Testing
import TraceImporters

@testable import Replay

/// The small logs under `Traces/cases`, each of one thing that was once read or modelled wrongly.
@Suite("Small logs, each of one thing")
struct CaseTests {
  private static let folder = GoldenCapture.folder.appending(path: "cases")

  /// The lines of `expected.txt`: a file's name, and the counts that are expected of it.
  private static let expected: [String: [String]] = {
    let text = (try? String(contentsOf: folder.appending(path: "expected.txt"), encoding: .utf8)) ?? ""
    let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], Array($0.dropFirst())) })
  }()

  @Test("Every log has its expectation")
  func all() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).filter { $0.contains(".log") }
    #expect(Set(files) == Set(Self.expected.keys))
  }

  @Test("Predictions and lines left out are as expected", arguments: Self.expected.keys.sorted())
  func counts(name: String) throws {
    let engine = ReplayEngine(source: try openTrace(paths: [Self.folder.appending(path: name).path]))
    try engine.run { _ in }
    let agreed = engine.predictions.reduce(0) { $0 + $1.agreed }
    let disagreed = engine.predictions.reduce(0) { $0 + $1.disagreed }
    let found = "agreed \(agreed) disagreed \(disagreed) skipped \(engine.statistics.skipped)"
    #expect(found == Self.expected[name]?.joined(separator: " "))
  }
}
