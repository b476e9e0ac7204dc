import ArgumentParser

/// `gicscope bench`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures gicscope itself.",
    subcommands: [BenchReplayCommand.self, BenchImportCommand.self]
  )
}
