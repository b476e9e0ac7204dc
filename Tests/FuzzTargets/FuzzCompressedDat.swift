import InterruptTrace
import TraceImporters

/// Any bytes as a compressed trace.dat: the events are those of the same bytes in memory.
func fuzzCompressedDat(_ bytes: [UInt8]) throws {
  let file = FuzzFile(storedGzip(bytes))
  let inMemory = try bytes.withUnsafeBytes { raw in try (try? TraceDatSource(bytes: raw)).map { try drain($0) } }
  let compressed = try (try? TraceDatSource.open(try ByteInput.open(path: file.path))).map { try drain($0) }
  try require(inMemory == compressed, "the events of the compressed file are others")
}
