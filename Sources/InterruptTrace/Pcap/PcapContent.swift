/// What pcap and pcapng files look like from outside.
public enum PcapContent {
  /// Bytes that ``recognises(_:)`` wants to see.
  public static let recognisedBy = 4

  /// Whether decompressed bytes start a pcap (micro- or nanoseconds, either byte order, Kuznetzov's variant) or a
  /// pcapng file.
  public static func recognises(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= recognisedBy else { return false }
    let magic = bytes.withUnsafeBytes { $0.loadLittle(UInt32.self, 0) }
    return isNextGeneration(bytes)
      || [0xA1B2_C3D4, 0xA1B2_3C4D, 0xA1B2_CD34].contains { $0 == magic || $0 == magic.byteSwapped }
  }

  /// Whether it is pcapng: a Section Header Block comes first.
  static func isNextGeneration(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x0A, 0x0D, 0x0D, 0x0A]) }
}

/// Opens a pcap or pcapng file, compressed or not; `-` is standard input. The native layout is read by
/// ``NativeTraceReader``, everything else by ``PcapTraceReader``.
///
/// - Throws: ``TraceError``; ``TraceError/unrecognised(path:reason:)`` if it is neither.
public func openPcap(path: String, strict: Bool = false) throws(TraceError) -> any EventSource {
  try openPcap(try ByteInput.open(path: path), strict: strict)
}

/// Opens a pcap or pcapng file from an input that nothing has been read from (peeking is allowed).
public func openPcap(_ input: ByteInput, strict: Bool = false) throws(TraceError) -> any EventSource {
  if NativeFormat.recognises(input.peek(NativeFormat.recognisedBy)) {
    return try NativeTraceReader(input, strict: strict)
  }
  return try PcapTraceReader(input, strict: strict)
}
