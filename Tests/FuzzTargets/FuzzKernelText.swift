import InterruptTrace
import TraceImporters

/// Any bytes as a kernel's trace in text, in pieces of different lengths: the events are the same.
func fuzzKernelText(_ bytes: [UInt8]) throws {
  try bytes.withUnsafeBytes { raw in
    let whole = try drain(KernelTextSource(bytes: raw))
    let pieces = try drain(KernelTextSource(bytes: raw, pieceLength: 7), batchCapacity: 5)
    try require(whole == pieces, "the events of the text in pieces are others")
  }
}
