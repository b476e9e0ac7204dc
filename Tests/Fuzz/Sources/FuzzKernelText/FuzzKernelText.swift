import FuzzSupport
import InterruptTrace
import TraceImporters

/// Any bytes as a kernel's trace in text, in pieces of different lengths: the events are the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzKernelText(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  let whole = drain(KernelTextSource(bytes: bytes))
  let pieces = drain(KernelTextSource(bytes: bytes, pieceLength: 7))
  precondition(whole == pieces)
  return 0
}
