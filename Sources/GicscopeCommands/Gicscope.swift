import ArgumentParser
import Reports

/// The command line's root.
struct Gicscope: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "gicscope",
      abstract: "Replays captured ARM interrupt traces through a model of the interrupt controller.",
      discussion: """
        Captures are recognised by their content: native files (.pcap.lz4), pcap and pcapng, QEMU trace logs, \
        trace.dat, ftrace, trace-cmd report and perf script text, plain or \
        compressed with LZ4, gzip, zstd or xz; - is standard input.

        Exit codes: 0 done; 1 a --fail-on condition holds, verify disagreed, or a budget is not kept; 2 usage; \
        3 input unreadable or not recognised, or output not writable; 4 input damaged or truncated, analysed up to there.
        """,
      version: "gicscope \(ToolVersion.text)",
      subcommands: [
        InfoCommand.self, AnalyzeCommand.self, VerifyCommand.self, StateCommand.self, WhyCommand.self,
        EventsCommand.self, ConvertCommand.self, GenerateCommand.self, DiffCommand.self, ServeCommand.self,
        RegistersCommand.self, MergeCommand.self, WhatIfCommand.self, CheckCommand.self, FleetCommand.self,
        FleetWorkerCommand.self, RecordCommand.self, BenchCommand.self,
      ]
    )
  }
}
