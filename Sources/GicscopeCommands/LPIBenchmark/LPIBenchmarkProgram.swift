import ArgumentParser
import Foundation

/// The program `gicscope-lpi`: the same commands, with every LPI store and the benchmark that measures them.
///
/// A package of its own builds it (`Analyses/LPIBenchmark`), so that gicscope carries neither the competing stores nor
/// their libraries.
enum LPIBenchmarkProgram {
  /// Why a request for that program failed, and how to build it.
  static let isMissing = "the LPI benchmark is not built beside this program; make lpi-bench builds it"

  /// Replaces this process by that program: same arguments, same streams, its exit code. Returns only if it is missing.
  static func takeOver() {
    guard LPIBenchmarkCommands.linked == nil else { return }
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    execv(own.deletingLastPathComponent().appending(path: "gicscope-lpi").path, CommandLine.unsafeArgv)
  }
}

/// `gicscope bench lpi` in a program without the benchmark: runs the program that has it.
struct OutsideBenchLPICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lpi", abstract: "Structures for sparse LPIs, in the same workloads and one run.",
    usage: "gicscope bench lpi [<options>]",
    discussion: "A program of its own, gicscope-lpi, does this; make lpi-bench builds it beside gicscope. "
      + "gicscope bench lpi --help lists its options.")

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func run() throws {
    LPIBenchmarkProgram.takeOver()
    throw UsageError(message: LPIBenchmarkProgram.isMissing)
  }
}
