import Analyzers
import ArgumentParser
import Foundation
import Glibc
import InterruptTrace
import Reports

/// A capture to analyse, as `gicscope fleet` hands it to a worker: a line of JSON.
struct FleetJob: Codable {
  var path: String
  var labels: [String: String]
}

/// What came of a capture: a line `EVENTS STATUS BYTES…` and then the rows of each kind.
struct FleetResult {
  /// How far the analysis came.
  enum Status: Int {
    case whole
    /// Analysed up to where it is damaged.
    case damaged
    /// Nothing was analysed.
    case failed
  }

  var status: Status
  var events: UInt64
  /// The lines of each kind of rows.
  var lines: [[UInt8]]

  /// As a worker writes it.
  var message: [UInt8] {
    let numbers = [Int(events), status.rawValue] + lines.map(\.count)
    return Array((numbers.map(String.init).joined(separator: " ") + "\n").utf8) + lines.joined()
  }

  /// Takes a message out of what a worker has written so far; nil until all of it is there.
  init?(takenFrom bytes: inout [UInt8]) {
    guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
    let numbers = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard numbers.count > 2, let status = Status(rawValue: numbers[1]) else { return nil }
    var at = end + 1
    guard bytes.count >= at + numbers[2...].reduce(0, +) else { return nil }
    (self.status, events) = (status, UInt64(numbers[0]))
    lines = numbers[2...].map { count in
      defer { at += count }
      return Array(bytes[at..<at + count])
    }
    bytes.removeFirst(at)
  }

  init(status: Status, events: UInt64 = 0, lines: [[UInt8]]) {
    (self.status, self.events, self.lines) = (status, events, lines)
  }

  /// The rows of a capture of which only an error is known.
  init(failed capture: FleetCapture, _ tables: FleetTables) {
    self.init(status: .failed, lines: tables.lines(of: capture, nil))
  }
}

/// `gicscope fleet-worker`: analyses the captures that `gicscope fleet` names on standard input, one after the other.
///
/// It is a process of its own, so that a capture that ends it ends nothing else; it analyses many, because to start a
/// process takes longer than to analyse a small capture.
struct FleetWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet-worker", abstract: "What gicscope fleet starts.", shouldDisplay: false)

  @Option var rows: [FleetRows] = []
  @Option var label: [String] = []
  @Option var memoryLimit = ByteCount(AnalysisLimits.standardMemory)

  func run() throws {
    let tables = FleetTables(rows, version: ToolVersion.number, labels: label)
    while let line = readLine() {
      let job = try JSONDecoder().decode(FleetJob.self, from: Data(line.utf8))
      try write(analyse(job, tables).message)
    }
  }

  private func write(_ message: [UInt8]) throws {
    let output = try OutputFile.standardOutput()
    try message.withUnsafeBytes { try output.write($0) }
    try output.commit()
  }

  private func analyse(_ job: FleetJob, _ tables: FleetTables) -> FleetResult {
    var capture = FleetCapture(path: job.path, sha256: FileDigest.sha256(job.path), labels: job.labels)
    do {
      let rows = tables.rows()
      let report = try report(job.path, rows)
      rows.finish(report)
      capture.error = report.trace.statistics.damage.map { "\($0.reason) \($0.position)" }
      return FleetResult(
        status: capture.error == nil ? .whole : .damaged, events: report.trace.events,
        lines: tables.lines(of: capture, rows))
    } catch let error as TraceError {
      capture.error = error.message
    } catch {
      capture.error = "\(error)"
    }
    return FleetResult(failed: capture, tables)
  }

  private func report(_ path: String, _ rows: FleetRowCollector) throws -> AnalysisReport {
    var trace = TraceOptions(capture: path)
    trace.advanced.singleThreaded = true
    let (engine, _) = try trace.engine { $0.deliversUnreported = true }
    var options = AnalysisOptions()
    options.limits = AnalysisLimits(memory: memoryLimit.bytes)
    let outputs: [any AnalysisOutput] = rows.wantsLives ? [rows] : []
    return try outputs.analyse(engine, path: path, options: options)
  }
}

extension FleetRows: ExpressibleByArgument {}
