import Analyzers
import ArgumentParser
import Replay

/// `--threshold stuck-time=5ms`.
struct ThresholdSetting: ExpressibleByArgument {
  private let name: String
  private let value: UInt64

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let known = FindingThresholds.names.first(where: { $0.name == parts[0] }),
      let value = known.isTime ? parseNanoseconds(parts[1]) : UInt64(parts[1])
    else { return nil }
    name = known.name
    self.value = value
  }

  func apply(to thresholds: inout FindingThresholds) { _ = thresholds.set(name, to: value) }

  static var help: String {
    FindingThresholds.names.map { $0.name + ($0.isTime ? " (time)" : "") }.joined(separator: ", ")
  }
}
