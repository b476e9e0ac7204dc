import CLZ4

/// Writes one LZ4 frame as ``NativeFormat`` wants it: independent 256 KiB blocks, all full but the last, with
/// checksums of the blocks and of the content.
struct LZ4FrameEncoder: ~Copyable {
  private var context: OpaquePointer?
  private var preferences = LZ4F_preferences_t()
  private let output: UnsafeMutableRawBufferPointer
  private let file: OutputFile

  /// Starts the frame. `level` is liblz4's: below 3 fast, 3 to 12 dense.
  init(_ file: OutputFile, level: Int) throws(OutputError) {
    self.file = file
    preferences.frameInfo.blockSizeID = LZ4F_max256KB
    preferences.frameInfo.blockMode = LZ4F_blockIndependent
    preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
    preferences.compressionLevel = Int32(clamping: min(max(level, -1000), Int(LZ4HC_CLEVEL_MAX)))
    output = .allocate(byteCount: LZ4F_compressBound(NativeFormat.blockSize, &preferences) + 64, alignment: 64)
    try check(LZ4F_createCompressionContext(&context, UInt32(LZ4F_VERSION)))
    try put(LZ4F_compressBegin(context, output.baseAddress, output.count, &preferences))
  }

  deinit {
    LZ4F_freeCompressionContext(context)
    output.deallocate()
  }

  /// Adds a block's worth of content; fewer bytes are for the end.
  mutating func add(_ bytes: UnsafeRawBufferPointer) throws(OutputError) {
    try put(LZ4F_compressUpdate(context, output.baseAddress, output.count, bytes.baseAddress, bytes.count, nil))
  }

  /// Ends the frame.
  mutating func finish() throws(OutputError) {
    try put(LZ4F_compressEnd(context, output.baseAddress, output.count, nil))
  }

  private func put(_ count: Int) throws(OutputError) {
    try check(count)
    try file.write(UnsafeRawBufferPointer(rebasing: output[..<count]))
  }

  private func check(_ status: Int) throws(OutputError) {
    guard LZ4F_isError(status) == 0 else {
      throw OutputError(path: file.path, reason: "LZ4: " + String(cString: LZ4F_getErrorName(status)))
    }
  }
}
