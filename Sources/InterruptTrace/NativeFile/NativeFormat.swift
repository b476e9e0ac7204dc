/// The layout of the native file: a pcap file in one LZ4 frame, or bare.
///
/// A nanosecond pcap of link type USER0 whose records all have a payload of 24 bytes, so that record `n` stands at
/// byte `24 + 40 * n`. All integers are little-endian.
///
/// | bytes | of a record |
/// |---|---|
/// | 0–3, 4–7 | seconds and nanoseconds: the capture's epoch plus the event's time |
/// | 8–11, 12–15 | 24, twice: the length captured and the original length |
/// | 16, 17, 18–19, 20–23 | kind, flags, domain, PE |
/// | 24–31, 32–39 | first and second operand |
///
/// The first record is the topology entry of the format's version; all others follow it, then the events.
/// The LZ4 frame has independent blocks of 256 KiB, all full but the last, each with a checksum, and a checksum of the
/// content: byte `b` of the pcap lies in block `b / 262144`.
public enum NativeFormat {
  /// `major << 16 | minor` of what is written. A reader refuses a newer major version.
  public static let version: UInt64 = 1 << 16
  /// Nanosecond pcap.
  public static let magic: UInt32 = 0xA1B2_3C4D
  /// LINKTYPE_USER0.
  public static let linkType: UInt32 = 147
  /// Bytes of the pcap header.
  public static let headerSize = 24
  /// Bytes of a record's own header.
  public static let recordHeaderSize = 16
  /// Bytes of a record's payload.
  public static let payloadSize = 24
  /// Bytes from one record to the next.
  public static let recordStride = 40
  /// Bytes of the pcap in one LZ4 block.
  public static let blockSize = 256 << 10

  /// The longest record that any pcap file holds (libpcap's limit): more than that means that we lost our place.
  static let maximumRecordLength: UInt32 = 262_144

  /// Length and original length of a whole record, as one number.
  @inline(__always) static var lengths: UInt64 { UInt64(payloadSize) | UInt64(payloadSize) << 32 }

  /// The pcap header.
  public static let header: [UInt8] = {
    let fields: [UInt32] = [magic, 4 << 16 | 2, 0, 0, maximumRecordLength, linkType]
    return fields.flatMap { field in withUnsafeBytes(of: field.littleEndian) { Array($0) } }
  }()

  /// Whether decompressed bytes start a file in this layout: its header, and a first record of the right length or none.
  public static func recognises(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      guard bytes.count >= headerSize, bytes.loadLittle(UInt32.self, 0) == magic,
        bytes.loadLittle(UInt32.self, 4) == 4 << 16 | 2, bytes.loadLittle(UInt32.self, 20) == linkType
      else { return false }
      // libpcap cuts records to the file's snapshot length; a file where that could matter is for libpcap.
      let snapshotLength = bytes.loadLittle(UInt32.self, 16)
      guard snapshotLength == 0 || snapshotLength >= maximumRecordLength else { return false }
      return bytes.count < headerSize + recordHeaderSize
        || bytes.loadLittle(UInt32.self, headerSize + 8) == payloadSize
    }
  }

  /// Bytes that ``recognises(_:)`` wants to see.
  public static var recognisedBy: Int { headerSize + recordHeaderSize }
}
