import Foundation
import GICModel
import InterruptTrace
import Testing
import TraceImporters

@testable import Replay

/// Bundled captures against what is known of them. `UPDATE_GOLDEN=1 swift test --filter Golden` writes new expectations.
@Suite("Golden captures")
struct GoldenTests {
  static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"

  @Test("A replay gives what golden.txt says: predictions, acknowledges, final state", arguments: GoldenCapture.all)
  func expectations(capture: GoldenCapture) throws {
    let result = try capture.replay()
    if Self.updates {
      try (result.lines.joined(separator: "\n") + "\n").write(
        to: capture.expectations, atomically: true, encoding: .utf8)
      return
    }
    let expected = try #require(capture.lines(of: "golden.txt"), "no golden.txt: run with UPDATE_GOLDEN=1")
    for difference in result.lines.difference(from: expected).prefix(20) {
      switch difference {
      case .insert(_, let line, _): Issue.record("not expected: \(line)")
      case .remove(_, let line, _): Issue.record("missing: \(line)")
      }
    }
    for disagreement in result.disagreements {
      Issue.record("\(disagreement.name) at event \(disagreement.event): \(disagreement.explanation)")
    }
  }

  @Test("Acknowledges are those that the program counted", arguments: GoldenCapture.all)
  func countedByProgram(capture: GoldenCapture) throws {
    guard let truth = capture.lines(of: "truth.txt") else { return }
    let acknowledges = try capture.replay().acknowledges
    var counted: [PEAndINTID: Int] = [:]
    for line in truth {
      // ack cpu N intid N n N
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 3 else { continue }
      counted[PEAndINTID(pe: UInt32(numbers[0]), intid: UInt32(numbers[1]))] = numbers[2]
    }
    #expect(!counted.isEmpty)
    #expect(acknowledges == counted)
  }

  @Test("Acknowledges are those of the guest's /proc/interrupts", arguments: GoldenCapture.all)
  func countedByLinux(capture: GoldenCapture) throws {
    guard let table = capture.lines(of: "interrupts.txt") else { return }
    let result = try capture.replay()
    let cpus = table[0].split(separator: " ").count
    var rows = 0
    for line in table.dropFirst() {
      let words = line.split(separator: " ").map(String.init)
      guard let row = LinuxInterrupt(words, cpus: cpus, mappings: result.mappings) else { continue }
      rows += 1
      for cpu in 0..<cpus {
        let seen = result.acknowledges[PEAndINTID(pe: UInt32(cpu), intid: row.intid)] ?? 0
        if row.isExact {
          #expect(seen == row.counts[cpu], "\(line)")
        } else {
          // Timers and IPIs run on until the machine is off; a driver that is bound again counts from 0.
          #expect(seen >= row.counts[cpu], "\(line)")
          #expect(seen <= row.counts[cpu] + 200, "\(line)")
        }
      }
    }
    #expect(rows > 4)
  }

  @Test("A converted capture gives the same as the log", arguments: GoldenCapture.all)
  func converted(capture: GoldenCapture) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID()).pcap.lz4").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = ReplayOptions()
    options.isModelled = false
    let engine = ReplayEngine(source: try openTrace(paths: [capture.log ?? ""]), options: options)
    let writer = try NativeTraceWriter(path: path, topology: engine.topology)
    try engine.run { try writer.append(contentsOf: $0.events) }
    try writer.finish()
    let converted = try GoldenResult(paths: [path])
    let log = try capture.replay()
    #expect(converted.predictions == log.predictions)
    #expect(converted.acknowledges == log.acknowledges)
    #expect(converted.state == log.state)
  }
}

/// A row of /proc/interrupts that names a GIC interrupt.
struct LinuxInterrupt {
  let intid: UInt32
  let counts: [Int]
  /// Whether the count in the log must be the same.
  let isExact: Bool

  /// A row's words; nil for rows of other kinds. `mappings` tells the LPI of an ITS-MSI row.
  init?(_ words: [String], cpus: Int, mappings: [UInt64: UInt32]) {
    guard words.count > cpus, let label = words.first else { return nil }
    counts = words[1...cpus].compactMap { Int($0) }
    guard counts.count == cpus else { return nil }
    if label.hasPrefix("IPI") {
      guard let number = UInt32(label.dropFirst(3).dropLast()) else { return nil }
      intid = number
      isExact = false
      return
    }
    guard words.count > cpus + 2, let number = UInt64(words[cpus + 2]) else { return nil }
    let name = words.last ?? ""
    switch words[cpus + 1] {
    case "GICv3", "GICv2", "GIC-0":
      intid = UInt32(number)
      isExact = number >= 32
    case "ITS-MSI":
      // Linux numbers an MSI by DeviceID << 11 | EventID.
      guard let lpi = mappings[(number >> 11) << 32 | number & 0x7FF] else { return nil }
      intid = lpi
      isExact = !name.contains("put.0")
    default: return nil
    }
  }
}
