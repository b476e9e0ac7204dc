import InterruptTrace
import TraceImporters

/// Any bytes as a trace.dat.
func fuzzTraceDat(_ bytes: [UInt8]) throws {
  try bytes.withUnsafeBytes { raw in
    if let source = try? TraceDatSource(bytes: raw) { try drain(source) }
  }
}
