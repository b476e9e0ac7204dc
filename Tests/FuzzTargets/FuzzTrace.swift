import InterruptTrace
import TraceImporters

/// Any bytes as any capture: recognised by content, then imported.
func fuzzTrace(_ bytes: [UInt8]) throws {
  let file = FuzzFile(bytes)
  if let source = try? openTrace(paths: [file.path]) { try drain(source) }
}
