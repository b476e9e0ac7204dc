import ArgumentParser

/// `gicscope bench`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures gicscope itself, and structures for LPIs.",
    subcommands: [BenchReplayCommand.self, BenchImportCommand.self, BenchLPICommand.self])
}
