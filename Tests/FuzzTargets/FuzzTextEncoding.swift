import InterruptTrace
import TraceImporters

/// Any text in UTF-8, in UTF-16 of either order and behind marks, as any capture: the events are the same.
func fuzzTextEncoding(_ bytes: [UInt8]) throws {
  let text = String(decoding: bytes, as: UTF8.self)
  // What is no text is another format in one of the encodings, and a mark of its own is left out.
  guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }), !text.hasPrefix("\u{FEFF}")
  else {
    return
  }
  let plain = try events([0xEF, 0xBB, 0xBF] + Array(text.utf8))
  let little = try events([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
  try require(little == plain, "the events of UTF-16LE are others")
  let big = try events([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
  try require(big == plain, "the events of UTF-16BE are others")
}

private func events(_ bytes: [UInt8]) throws -> [Event]? {
  let file = FuzzFile(bytes)
  return try (try? openTrace(paths: [file.path])).map { try drain($0) }
}
