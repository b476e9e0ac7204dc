import Foundation
import TestSupport
import Testing

/// Typical mistakes: what is said, and the exit code. `FILE` is a small capture of one PE.
@Suite("Mistakes")
struct MistakeTests {
  private static let commands: [(String, String, Int32)] = [
    ("anlyze FILE", "no command 'anlyze'; did you mean 'analyze'?", 2), ("frobnicate", "Commands: info, analyze", 2),
    ("FILE", "no command", 2), ("analyze", "Missing expected argument '<file>", 2), ("diff FILE", "<after>", 2),
    ("why FILE", "--irq <intid>", 2), ("convert FILE", "--output <file>", 2),
    ("analyze /nonexistent.log", "/nonexistent.log: cannot be read", 3),
    ("analyze FILE FILE.missing", "FILE.missing: cannot be read", 3),
    ("merge - - -o a.pcap", "one of the captures", 2),
    ("analyze --topology - -", "standard input (-) can be one input only", 2), ("analyze /dev/null", "it is empty", 3),
  ]

  private static let options: [(String, String, Int32)] = [
    ("analyze FILE --jsn", "Did you mean '--json'?", 2), ("events FILE --limt 3", "Did you mean '--limit'?", 2),
    ("analyze FILE --color sometimes", "'auto', 'always' or 'never'", 2), ("state FILE --at noon", "--at <time>", 2),
    ("analyze FILE --from yesterday", "--from <time>", 2), ("analyze FILE --pe x", "--pe <list>", 2),
    ("analyze FILE --irq 1-x", "--irq <list>", 2), ("analyze FILE --rows many", "--rows <count>", 2),
    ("serve FILE --port 99999", "--port <port>", 2), ("convert FILE -o a.pcap.lz4 --level 13", "1 to 12", 2),
    ("analyze FILE --fail-on findngs>0", "unknown metric 'findngs'; known metrics: acknowledges", 2),
    ("analyze FILE --fail-on findings.stuk", "findings.KIND (unmapped-msi", 2),
    ("analyze FILE --fail-on spurious>lots", "'lots' is not a whole number", 2),
    ("analyze FILE --threshold stuck=5ms", "unknown threshold 'stuck'; known thresholds: stuck-time (time)", 2),
    ("analyze FILE --threshold stuck-time=soon", "'soon' is not a time such as 5ms", 2),
    ("diff FILE FILE --fail-on worse", "'slower', 'new-findings' or 'different'", 2),
    ("verify FILE --policy kvm", "'kvm-legacy' and 'kvm-overflow'", 2),
    ("whatif FILE --policy kvm", "known are kvm-legacy, kvm-overflow", 2),
    ("whatif FILE --list-registers 65", "1 to 64 list registers", 2),
    ("events FILE --kind msix", "unknown kind of event", 2),
    ("events FILE --format xml", "'text', 'jsonl' or 'csv'", 2), ("registers ICC_FOO", "no register is named", 2),
  ]

  private static let ranges: [(String, String, Int32)] = [
    ("analyze FILE --pe 12", "--pe 12: no such PE; the capture has PE 0 to 0", 2),
    ("events FILE --pe 0,7", "--pe 7: no such PE", 2), ("why FILE --irq 27 --pe 12", "--pe 12: no such PE", 2),
    ("analyze FILE --irq 500", "--irq 500: not in this capture; INTIDs: 0-", 2),
    ("events FILE --irq 500", "--irq 500: not in this capture", 2),
    ("analyze FILE --domain 3", "--domain 3: not in this capture; domains: 0", 2),
    ("analyze FILE --from #999", "no event of the capture lies there; its events are #0 to #11", 2),
    ("info FILE --from 100s", "--from 100000000000ns: no event of the capture lies there", 2),
    ("verify FILE --from #9 --to #3", "--from #9 lies behind --to #3", 2),
    ("analyze FILE --from 2s --to 1s", "--from 2000000000ns lies behind --to 1000000000ns", 2),
    ("state FILE --at #999999999", "--at #999999999: behind the end of the capture; its events are #0 to #11", 2),
    ("why FILE --irq 27 --at #999999999", "--at #999999999: behind the end", 2),
    ("state FILE --at #3 --diff #12", "--diff #12: behind the end", 2),
  ]

  private static let outputs: [(String, String, Int32)] = [
    ("analyze FILE --interrupts a.txt", "unsupported extension; use .csv or .jsonl", 2),
    ("convert FILE -o a.txt", "unsupported extension; use .pcap.lz4", 2),
    ("analyze FILE --sqlite -", "cannot be written to standard output", 2),
    ("analyze FILE --html - --json", "goes to standard output already", 2),
    ("analyze FILE --html FILE", "it is the capture itself", 2),
    ("analyze FILE --html /nonexistent/a.html", "/nonexistent/a.html", 3),
    ("analyze --json report.txt FILE", "write --json=report.txt", 2),
    ("analyze FILE --github --json", "--github writes to standard output", 2),
  ]

  @Test("A mistake is named, with what would be right", arguments: commands + options + ranges + outputs)
  func mistake(command: String, message: String, status: Int32) throws {
    let result = try BuiltProgram.run(onLog: command.split(separator: " ").map(String.init))
    #expect(result.status == status)
    #expect(result.output.isEmpty)
    let errors = result.errors.replacing(/\/[^ ]*capture\.log/, with: "FILE")
    #expect(errors.contains(message), "\(errors)")
  }

  @Test("A capture is not taken for the file of --json, whatever its name")
  func captureNamedJSON() throws {
    let result = try BuiltProgram.run(
      ["verify", "--json", "FILE"], file: Data(BuiltProgram.log.utf8), named: "boot.json")
    #expect(result.status == 0)
    #expect(try object(result.output)["command"] as? String == "verify")
  }

  @Test("- is standard output for every file but a database, and nothing else goes there")
  func standardOutput() throws {
    for (option, start) in [
      ("--html", "<!DOCTYPE html>"), ("--junit", "<?xml"), ("--sarif", "{"), ("--perfetto", "\n"), ("--json", "{"),
    ] {
      let result = try BuiltProgram.run(onLog: ["analyze", "FILE", "\(option)=-"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.lowercased().hasPrefix(start.lowercased()), "\(option)")
      #expect(!result.output.contains("Busiest interrupts\n  INTID"))
    }
  }

  @Test("Options of those who work on gicscope are in --help-hidden only")
  func advanced() throws {
    for (option, isShown) in [("--help", false), ("--help-hidden", true)] {
      let help = try BuiltProgram.run(["analyze", option]).output
      #expect(help.contains("--lpi-store") == isShown && help.contains("--check") == isShown)
      #expect(help.contains("--topology <file>"))
    }
  }
}
