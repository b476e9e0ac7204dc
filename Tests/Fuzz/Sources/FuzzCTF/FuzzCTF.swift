import FuzzSupport
import Glibc
import InterruptTrace
import TraceImporters

/// A folder with metadata, up to the first zero byte of the input, and one stream, the rest: they are read to their end, or
/// refused with a reason. libbabeltrace2 is not instrumented; where it breaks down, that is a reason too, and what it had
/// is leaked.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCTF(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = fuzzBytes(data, count)
  let split = bytes.firstIndex(of: 0) ?? bytes.count
  let folder = FuzzFolder()
  folder.add("metadata", bytes[..<split])
  folder.add("channel_0", bytes[min(split + 1, bytes.count)...])
  do {
    _ = drain(try openTrace(paths: [folder.path]))
  } catch {
    precondition(error.message.contains("libbabeltrace2") && error.message.contains(folder.path))
  }
  return 0
}
