import ArgumentParser
import LPIStore

/// What the program of the LPI benchmark adds to the command line.
public struct LPIBenchmarkCommands: Sendable {
  /// Set in the benchmark's program only.
  @TaskLocal static var linked: LPIBenchmarkCommands?

  /// `gicscope bench lpi`.
  let bench: any ParsableCommand.Type
  /// The stores that a model can run on.
  let stores: [LPIStoreKind]

  /// The command that measures, and the stores of `--lpi-store`.
  public init(bench: any ParsableCommand.Type, stores: [LPIStoreKind]) {
    self.bench = bench
    self.stores = stores
  }
}
