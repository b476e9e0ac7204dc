import FuzzSupport
import InterruptTrace
import TraceImporters

/// Any bytes as a QEMU log, in pieces of different lengths: the events are the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzQEMULog(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  let whole = drain(QEMULogSource(bytes: bytes))
  let pieces = drain(QEMULogSource(bytes: bytes, pieceLength: 7), batchCapacity: 5)
  precondition(whole == pieces)
  return 0
}
