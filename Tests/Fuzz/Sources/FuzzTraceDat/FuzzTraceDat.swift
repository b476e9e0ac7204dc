import FuzzSupport
import InterruptTrace
import TraceImporters

/// Any bytes as a trace.dat.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTraceDat(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  if let source = try? TraceDatSource(bytes: bytes) { drain(source) }
  return 0
}
