import Analyzers
import ArgumentParser

/// Which ITS caches are simulated.
struct ITSCacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "ITS caches to simulate, in entries: device=32,event=256,collection=16; also lpi=N, vpe=N and ways=N (2). "
        + "May be repeated.",
      valueName: "sizes"
    )
  )
  var itsCache: [ITSCacheShape] = []

  /// The caches asked for, or some that exist.
  var shapes: [ITSCacheShape] { itsCache.isEmpty ? ITSCacheShape.standard : itsCache }
}

extension ITSCacheShape: ExpressibleByArgument {
  /// As ``init(_:name:)``.
  public init?(argument: String) {
    guard let shape = try? ITSCacheShape(argument) else { return nil }
    self = shape
  }
}
