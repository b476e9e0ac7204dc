import Foundation
import FuzzTargets
import Testing

/// What the fuzz targets start from, among it every input that once broke something.
@Suite("Seeds of the fuzz targets")
struct FuzzSeedTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fuzz/Seeds").standardized

  private static func names(_ folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  private static let seeds: [String] = names(folder).flatMap { target in
    names(folder.appending(path: target)).map { "\(target)/\($0)" }
  }

  @Test("Every target has seeds and an executable, and there are no others")
  func targets() {
    let targets = Set(FuzzTarget.allCases.map(\.rawValue))
    #expect(Set(Self.names(Self.folder)) == targets)
    #expect(Set(Self.names(Self.folder.appending(path: "../Sources").standardized)) == targets)
    #expect(targets.allSatisfy { !Self.names(Self.folder.appending(path: $0)).isEmpty })
  }

  /// Those that are slow are run on their own seeds only.
  private static let others = FuzzTarget.allCases.filter { ![.analysis, .ctf, .model].contains($0) }

  @Test("Every seed does what its target asks, and what others do that are not slow", arguments: seeds)
  func replay(seed: String) async throws {
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: seed)))
    let own = try #require(FuzzTarget.allCases.first { seed.hasPrefix($0.rawValue + "/") })
    // A target may wait for tasks: that is for a thread of its own.
    let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Void, any Error>, Never>) in
      Thread.detachNewThread {
        done.resume(returning: Result { for target in Set(Self.others + [own]) { try target.run(bytes) } })
      }
    }
    try result.get()
  }
}
