import Foundation
import InterruptTrace
import Testing

@testable import TraceImporters

/// What the fuzz targets start from, among it every input that once broke something.
@Suite("Seeds of the fuzz targets")
struct FuzzSeedTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fuzz/Seeds").standardized

  private static let seeds: [String] = {
    let targets = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return targets.sorted().flatMap { target -> [String] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: target).path)) ?? []
      return names.sorted().map { "\(target)/\($0)" }
    }
  }()

  @Test("Every target has seeds, and every folder of seeds a target")
  func targets() throws {
    let sources = Self.folder.appending(path: "../Sources").standardized
    let targets = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { $0 != "FuzzSupport" }
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(targets) == Set(folders))
  }

  @Test("Every seed is read to its end, or refused, by every importer", arguments: seeds)
  func replay(seed: String) throws {
    let path = Self.folder.appending(path: seed).path
    if let source = try? openTrace(paths: [path]) { _ = try Imported(source) }
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    try bytes.withUnsafeBytes { raw in
      if let source = try? TraceDatSource(bytes: raw) { _ = try Imported(source) }
      // However the bytes are cut into pieces, the events are the same.
      let kernel = try Imported(KernelTextSource(bytes: raw)).events
      #expect(try Imported(KernelTextSource(bytes: raw, pieceLength: 7), batch: 5).events == kernel)
      let log = try Imported(QEMULogSource(bytes: raw)).events
      #expect(try Imported(QEMULogSource(bytes: raw, pieceLength: 7), batch: 5).events == log)
    }
  }
}
