import FuzzSupport
import InterruptTrace
import TraceImporters

/// Any text in UTF-8, in UTF-16 of either order and behind marks, as any capture: the events are the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTextEncoding(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: data, count: count), as: UTF8.self)
  // What is no text is another format in one of the encodings, and a mark of its own is left out.
  guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }), !text.hasPrefix("\u{FEFF}")
  else {
    return 0
  }
  let plain = events([0xEF, 0xBB, 0xBF] + Array(text.utf8))
  precondition(events([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == plain)
  precondition(events([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) == plain)
  return 0
}

private func events(_ bytes: [UInt8]) -> [Event]? {
  let file = FuzzFile(bytes)
  return (try? openTrace(paths: [file.path])).map { drain($0) }
}
