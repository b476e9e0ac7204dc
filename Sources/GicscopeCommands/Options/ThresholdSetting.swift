import Analyzers
import ArgumentParser
import Replay

/// `--threshold stuck-time=5ms`.
struct ThresholdSetting: Sendable {
  private let name: String
  private let value: UInt64

  init(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else { throw ValidationError("write NAME=VALUE, with one of: \(Self.help)") }
    guard let known = FindingThresholds.names.first(where: { $0.name == parts[0] }) else {
      throw ValidationError("unknown threshold '\(parts[0])'; known thresholds: \(Self.help)")
    }
    guard let value = known.isTime ? parseNanoseconds(parts[1]) : UInt64(parts[1]) else {
      throw ValidationError("'\(parts[1])' is not \(known.isTime ? "a time such as 5ms" : "a whole number")")
    }
    name = known.name
    self.value = value
  }

  func apply(to thresholds: inout FindingThresholds) { _ = thresholds.set(name, to: value) }

  static var help: String {
    FindingThresholds.names.map { $0.name + ($0.isTime ? " (time)" : "") }.joined(separator: ", ")
  }
}
