import InterruptTrace
import TraceImporters

/// Any bytes as a QEMU log, in pieces of different lengths: the events are the same.
func fuzzQEMULog(_ bytes: [UInt8]) throws {
  try bytes.withUnsafeBytes { raw in
    let whole = try drain(QEMULogSource(bytes: raw))
    let pieces = try drain(QEMULogSource(bytes: raw, pieceLength: 7), batchCapacity: 5)
    try require(whole == pieces, "the events of the log in pieces are others")
  }
}
