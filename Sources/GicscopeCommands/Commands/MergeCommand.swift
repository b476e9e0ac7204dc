import ArgumentParser
import Foundation
import InterruptTrace
import Replay
import Reports
import TraceImporters

/// `gicscope merge`.
struct MergeCommand: FileCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract:
      "Puts two captures of the same run on one timeline: a machine from outside and inside, or a host and its guest.",
    discussion: """
      The second capture's times are moved to the first's clock: by --offset, or by what both show. Acknowledges are \
      found again as handlers, injections into a guest as its handlers. With --guest, the second capture was recorded \
      inside that guest of the first, and its machine becomes that domain.

      A kernel's interrupt numbers become INTIDs by --irq-map: a copy of /proc/interrupts, of the files in \
      /sys/kernel/debug/irq/irqs, or lines of IRQ INTID. Where the first capture shows acknowledges they are learned.
      """
  )

  @Argument(help: "The first capture, whose clock counts.")
  var first: String

  @Argument(help: "The second capture.")
  var second: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("The file to write: NAME.pcap.lz4 or NAME.pcap.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "What is added to the second capture's times: auto, or a time such as 1.5s or -20ms.", valueName: "time"))
  var offset = "auto"

  @Option(
    help: ArgumentHelp(
      "The guest of the first capture that the second was recorded in; 0 for the same machine.", valueName: "domain"))
  var guest: UInt16 = 0

  @Option(
    help: ArgumentHelp(
      "INTIDs of the second capture's interrupt numbers: /proc/interrupts, /sys/kernel/irq, debugfs, or lines IRQ INTID.",
      valueName: "file"))
  var irqMap: String?

  @Flag(name: .shortAndLong, help: "No progress, no remarks: only results and errors.")
  var quiet = false

  func validate() throws {
    guard output.hasSuffix(".pcap.lz4") || output.hasSuffix(".pcap") else {
      throw ValidationError("\(output): unsupported extension; use .pcap.lz4 or .pcap.")
    }
    guard offset == "auto" || Self.time(offset) != nil else {
      throw ValidationError("--offset \(offset): give auto, or a time such as 1.5s or -20ms.")
    }
    if first == "-", second == "-" { throw ValidationError("Standard input can be one of the captures only.") }
  }

  var inputs: [String] { [first, second] + (irqMap.map { [$0] } ?? []) }
  var outputs: [NamedOutput] { [NamedOutput("-o", output, .capture)] }

  func run() throws {
    // Both are read twice unless the offset is given.
    let inputs = try (ReopenableInput(first), ReopenableInput(second))
    do {
      try merge(inputs.0, inputs.1)
    } catch let error as TraceError {
      throw inputs.1.named(inputs.0.named(error))
    }
  }

  private func merge(_ first: ReopenableInput, _ second: ReopenableInput) throws {
    var relation = MergedSource.Relation(clock: ClockOffset(offset: 0), guest: guest)
    if let irqMap { relation.interrupts = try InterruptMapFile.read(irqMap) }
    if let given = Self.time(offset) {
      relation.clock = ClockOffset(offset: given)
    } else {
      try findClock(first, second, &relation)
    }
    let merged = MergedSource(try openTrace(paths: [first.path]), try openTrace(paths: [second.path]), relation)
    var options = ReplayOptions()
    options.isModelled = false
    let engine = ReplayEngine(source: merged, options: options)
    let progress = ProgressLine(isShown: !quiet)
    progress.follow(engine)
    let compression: NativeTraceWriter.Compression = output.hasSuffix(".lz4") ? .lz4() : .none
    let writer = try NativeTraceWriter(path: output, topology: engine.topology, compression: compression)
    try engine.run { try writer.append(contentsOf: $0.events) }
    try writer.finish()
    progress.clear()
    if let damage = engine.statistics.damage {
      StandardError.write("gicscope: \(damage.reason) \(damage.position); merged up to there\n")
      throw ExitStatus.damaged
    }
  }

  private func findClock(
    _ first: ReopenableInput, _ second: ReopenableInput, _ relation: inout MergedSource.Relation
  ) throws {
    let ours = try CaptureSignals(openTrace(paths: [first.path]))
    let theirs = try CaptureSignals(openTrace(paths: [second.path]))
    guard let clock = ClockOffset.find(ours, theirs, guest: guest) else {
      throw UsageError(
        message: "\(second.name): no offset to \(first.name) stands out: too few interrupts are in both; give --offset")
    }
    relation.clock = clock
    let given = relation.interrupts.intids.count
    if guest == 0 { relation.interrupts.learn(ours, theirs, clock) }
    if quiet { return }
    StandardError.write(Self.line(clock))
    let known = relation.interrupts.intids.sorted { $0.key < $1.key }
    if !known.isEmpty {
      let learned = known.count - given
      StandardError.write(
        "interrupts  \(known.map { "\($0.key)=\($0.value)" }.joined(separator: " "))"
          + (learned > 0 ? ", \(learned) of them inferred from acknowledges\n" : "\n")
      )
    }
  }

  /// How the clocks are related, and what from.
  private static func line(_ clock: ClockOffset) -> String {
    var line = "offset      \(signed(clock.offset))"
    if let bound = clock.bound {
      line += " ± \(Units.duration(bound)), drift \(parts(clock.drift)): \(clock.matched) of \(clock.compared) "
      return line
        + (clock.basis == .guestRuns
          ? "events of the guest lie between an entry and an exit of their vCPU\n"
          : "fills of list registers and folds have one entry of their vCPU between them\n")
    }
    if clock.compared == 0 { return line + ", as the second capture says\n" }
    return line + ", drift \(parts(clock.drift)), from \(clock.matched) of \(clock.compared) interrupts seen in both, "
      + "half of them within \(Units.duration(clock.spread))\n"
  }

  private static func signed(_ offset: Int64) -> String {
    (offset < 0 ? "-" : "+") + String(format: "%.6f s", Double(offset.magnitude) / 1e9)
  }

  private static func parts(_ drift: Double) -> String { String(format: "%.2f ppm", drift * 1e6) }

  /// A time with a sign, in ns.
  private static func time(_ text: String) -> Int64? {
    let isNegative = text.hasPrefix("-")
    guard case .time(let time) = ReplayPosition(isNegative ? String(text.dropFirst()) : text) else { return nil }
    guard let value = Int64(exactly: time) else { return nil }
    return isNegative ? -value : value
  }
}
