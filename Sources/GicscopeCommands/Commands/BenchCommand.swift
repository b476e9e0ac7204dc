import ArgumentParser

/// `gicscope bench`.
struct BenchCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "bench", abstract: "Measures gicscope itself, and structures for LPIs.",
      subcommands: [
        BenchReplayCommand.self, BenchImportCommand.self,
        LPIBenchmarkCommands.linked?.bench ?? OutsideBenchLPICommand.self,
      ])
  }
}
