import FuzzSupport
import InterruptTrace
import TraceImporters

/// Any bytes as a compressed trace.dat: the events are those of the same bytes in memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCompressedDat(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: count)
  let file = FuzzFile(storedGzip(fuzzBytes(data, count)))
  let inMemory = (try? TraceDatSource(bytes: bytes)).map { drain($0) }
  let compressed = (try? TraceDatSource.open(try ByteInput.open(path: file.path))).map { drain($0) }
  precondition(inMemory == compressed)
  return 0
}
