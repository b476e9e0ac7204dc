import FuzzSupport
import InterruptTrace
import TraceImporters

/// Any bytes as any capture: recognised by content, then imported.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrace(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let file = FuzzFile(fuzzBytes(data, count))
  if let source = try? openTrace(paths: [file.path]) { drain(source) }
  return 0
}
