import ArgumentParser
import LPIStore
import Replay

/// What people use who work on gicscope itself: `--help-hidden` shows it.
struct AdvancedOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Check the model's invariants after every event; a broken one counts as a disagreement. Slow.",
      visibility: .hidden))
  var check = false

  @Option(
    help: ArgumentHelp(
      "The structure that holds LPIs: \(Self.lpiStoreNames)\(LPIBenchmarkCommands.linked == nil ? Self.moreStores : "").",
      valueName: "name", visibility: .hidden)
  )
  var lpiStore: String?

  @Flag(help: .hidden)
  var singleThreaded = false

  func validate() throws {
    if let lpiStore, !Self.lpiStores.contains(where: { $0.name == lpiStore }) {
      // Nothing was read or written so far: the other program can start from the beginning.
      LPIBenchmarkProgram.takeOver()
      let reason = LPIBenchmarkCommands.linked == nil ? " For others: \(LPIBenchmarkProgram.isMissing)." : ""
      throw ValidationError("No LPI store \(lpiStore). There are \(Self.lpiStoreNames).\(reason)")
    }
  }

  /// None of them.
  static var none: AdvancedOptions {
    var options = AdvancedOptions()
    (options.check, options.lpiStore, options.singleThreaded) = (false, nil, false)
    return options
  }

  func apply(to options: inout ReplayOptions) {
    options.isThreaded = !singleThreaded
    options.controller.checksInvariants = check
    options.controller.lpiStore = Self.lpiStores.first { $0.name == lpiStore }
  }

  private static var lpiStores: [LPIStoreKind] { LPIBenchmarkCommands.linked?.stores ?? LPIStoreKind.standard }
  private static var lpiStoreNames: String { lpiStores.map(\.name).joined(separator: ", ") }
  private static var moreStores: String { ", or one of gicscope bench lpi" }
}
