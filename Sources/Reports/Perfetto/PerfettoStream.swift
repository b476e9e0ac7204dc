import PerfettoTrace
import SwiftProtobuf

/// A Perfetto trace being written: packets one after the other, names interned.
struct PerfettoStream {
  typealias Packet = Gicscope_Perfetto_TracePacket
  private typealias InternedName = Gicscope_Perfetto_InternedName

  /// All packets are of one sequence, whose interned names stay valid to the end.
  private static let sequence: UInt32 = 1
  private static let statesIsCleared: UInt32 = 1
  private static let needsState: UInt32 = 2
  private static let pieceSize = 1 << 18

  private let write: ([UInt8]) throws -> Void
  private var bytes: [UInt8] = []
  private var isFirst = true
  private var names: [String: UInt64] = [:]
  private var categories: [String: UInt64] = [:]
  private var annotations: [String: UInt64] = [:]
  private var fresh = Gicscope_Perfetto_InternedData()

  init(write: @escaping ([UInt8]) throws -> Void) { self.write = write }

  // MARK: Names

  mutating func name(_ text: String) -> UInt64 { Self.intern(text, in: &names, &fresh.eventNames) }
  mutating func category(_ text: String) -> UInt64 { Self.intern(text, in: &categories, &fresh.eventCategories) }

  private static func intern(
    _ text: String, in table: inout [String: UInt64], _ fresh: inout [InternedName]
  ) -> UInt64 {
    if let known = table[text] { return known }
    var entry = InternedName()
    entry.iid = UInt64(table.count + 1)
    entry.name = text
    table[text] = entry.iid
    fresh.append(entry)
    return entry.iid
  }

  /// A named number of a slice.
  mutating func annotation(_ name: String, _ value: UInt64) -> Gicscope_Perfetto_DebugAnnotation {
    var annotation = Gicscope_Perfetto_DebugAnnotation()
    annotation.nameIid = Self.intern(name, in: &annotations, &fresh.debugAnnotationNames)
    annotation.uintValue = value
    return annotation
  }

  /// A named word of a slice.
  mutating func annotation(_ name: String, _ value: String) -> Gicscope_Perfetto_DebugAnnotation {
    var annotation = Gicscope_Perfetto_DebugAnnotation()
    annotation.nameIid = Self.intern(name, in: &annotations, &fresh.debugAnnotationNames)
    annotation.stringValue = value
    return annotation
  }

  // MARK: Packets

  mutating func append(_ track: Gicscope_Perfetto_TrackDescriptor) throws {
    var packet = Packet()
    packet.trackDescriptor = track
    try append(packet)
  }

  mutating func append(_ event: Gicscope_Perfetto_TrackEvent, at time: UInt64) throws {
    var packet = Packet()
    packet.timestamp = time
    packet.trackEvent = event
    try append(packet)
  }

  private mutating func append(_ packet: Packet) throws {
    var packet = packet
    packet.trustedPacketSequenceID = Self.sequence
    packet.sequenceFlags = isFirst ? Self.statesIsCleared | Self.needsState : Self.needsState
    isFirst = false
    if !(fresh.eventNames.isEmpty && fresh.eventCategories.isEmpty && fresh.debugAnnotationNames.isEmpty) {
      packet.internedData = fresh
      fresh = Gicscope_Perfetto_InternedData()
    }
    let content: [UInt8] = try packet.serializedBytes()
    // `Trace.packet`, field 1: the file is a Trace whose packets are written as they come.
    bytes.append(0x0A)
    var length = content.count
    while length >= 0x80 {
      bytes.append(UInt8(length & 0x7F) | 0x80)
      length >>= 7
    }
    bytes.append(UInt8(length))
    bytes += content
    if bytes.count >= Self.pieceSize { try flush() }
  }

  mutating func flush() throws {
    try write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
