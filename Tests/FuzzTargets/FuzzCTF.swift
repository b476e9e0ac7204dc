import InterruptTrace
import TraceImporters

/// A folder with metadata, up to the first zero byte of the input, and one stream, the rest: they are read to their end, or
/// refused with a reason. libbabeltrace2 is not instrumented; where it breaks down, that is a reason too, and what it had
/// is leaked.
func fuzzCTF(_ bytes: [UInt8]) throws {
  let split = bytes.firstIndex(of: 0) ?? bytes.count
  let folder = FuzzFolder()
  folder.add("metadata", bytes[..<split])
  folder.add("channel_0", bytes[min(split + 1, bytes.count)...])
  let source: any EventSource
  do {
    source = try openTrace(paths: [folder.path])
  } catch {
    let isNamed = error.message.contains("libbabeltrace2") && error.message.contains(folder.path)
    return try require(isNamed, "the reason names neither the folder nor the library: \(error.message)")
  }
  try drain(source)
}
