import Foundation
import GICModel
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

/// A bundled capture: a folder under Traces/ with the log, its provenance and what a replay of it is expected to give.
struct GoldenCapture: CustomTestStringConvertible, Sendable {
  let name: String

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Traces").standardized

  /// Every folder that holds a log.
  static let all: [GoldenCapture] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().map(GoldenCapture.init(name:)).filter { $0.log != nil }
  }()

  var testDescription: String { name }

  private var home: URL { Self.folder.appending(path: name) }

  /// The log, compressed or not.
  var log: String? {
    ["", ".lz4", ".zst", ".gz", ".xz"].map { home.appending(path: "trace.log\($0)").path }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Where the expectations stand.
  var expectations: URL { home.appending(path: "golden.txt") }

  /// Lines of a text file beside the log; nil if there is none.
  func lines(of file: String) -> [String]? {
    guard let text = try? String(contentsOf: home.appending(path: file), encoding: .utf8) else { return nil }
    return text.split(separator: "\n").map(String.init)
  }

  /// Replays the log.
  func replay() throws -> GoldenResult { try GoldenResult(paths: [log ?? ""]) }
}

/// An acknowledged interrupt's place.
struct PEAndINTID: Hashable, Comparable {
  var pe: UInt32
  var intid: UInt32

  static func < (a: Self, b: Self) -> Bool { (a.pe, a.intid) < (b.pe, b.intid) }
}

/// What a replay gave, as lines of text that can be compared and kept.
struct GoldenResult {
  var events: UInt64 = 0
  var predictions: [PredictionCount] = []
  var disagreements: [Disagreement] = []
  var acknowledges: [PEAndINTID: Int] = [:]
  /// The INTID that an event of a device was mapped to last, by `DeviceID << 32 | EventID`.
  var mappings: [UInt64: UInt32] = [:]
  var state: [String] = []

  init(paths: [String]) throws {
    let engine = ReplayEngine(source: try openTrace(paths: paths))
    try engine.run { batch in
      for transition in batch.transitions {
        switch transition.kind {
        case .acknowledged:
          acknowledges[PEAndINTID(pe: transition.pe, intid: transition.intid), default: 0] += 1
        case .mapping where transition.b == 1: mappings[transition.a] = transition.intid
        default: break
        }
      }
    }
    events = engine.events
    predictions = engine.predictions
    disagreements = engine.controller.disagreements
    describe(engine.controller.state(StateFilter(includesIdle: false)), at: "")
  }

  /// The lines that stand in `golden.txt`.
  var lines: [String] {
    ["events \(events)"]
      + predictions.map {
        "prediction \($0.kind.rawValue) \($0.name): \($0.agreed) agreed, \($0.disagreed) disagreed, \($0.taught) taught"
          + ($0.unknown == 0 ? "" : ", \($0.unknown) unknown")
      }
      + acknowledges.sorted { $0.key < $1.key }.map { "acknowledge PE \($0.key.pe) INTID \($0.key.intid): \($0.value)" }
      + state
  }

  /// Registers get a line each, interrupts, devices and the like one together.
  private mutating func describe(_ value: ValueTree, at path: String) {
    switch value {
    case .object(let members):
      for member in members { describe(member.value, at: path + "/" + member.name) }
    case .list(let values) where values.allSatisfy(isFlat):
      for value in values { state.append("state \(path): \(word(value))") }
    case .list(let values):
      for (index, value) in values.enumerated() { describe(value, at: "\(path)[\(index)]") }
    default: state.append("state \(path): \(word(value))")
    }
  }

  /// Whether a value has no objects inside but itself.
  private func isFlat(_ value: ValueTree) -> Bool {
    guard case .object(let members) = value else { return true }
    return members.allSatisfy {
      switch $0.value {
      case .object: false
      case .list(let values): !values.contains { if case .object = $0 { true } else { false } }
      default: true
      }
    }
  }

  private func word(_ value: ValueTree) -> String {
    switch value {
    case .object(let members): members.map { "\($0.name)=\(word($0.value))" }.joined(separator: " ")
    case .list(let values): "[" + values.map(word).joined(separator: " ") + "]"
    case .number(let number): String(number)
    case .register(let number): "0x" + String(number, radix: 16)
    case .bool(let flag): flag ? "yes" : "no"
    case .text(let text): text
    case .fraction(let number): String(number)
    case .unknown: "?"
    }
  }
}
