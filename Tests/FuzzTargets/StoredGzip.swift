/// The bytes as a gzip member whose data are stored as they are (RFC 1951, 3.2.4): whatever a fuzzer changes gets through.
func storedGzip(_ bytes: [UInt8]) -> [UInt8] {
  var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
  var at = 0
  repeat {
    let count = min(bytes.count - at, 0xFFFF)
    let isLast = at + count == bytes.count
    member += [isLast ? 1 : 0] + little(UInt32(count)).prefix(2) + little(~UInt32(count)).prefix(2)
    member += bytes[at..<(at + count)]
    at += count
  } while at < bytes.count
  return member + little(checksum(bytes)) + little(UInt32(truncatingIfNeeded: bytes.count))
}

private func little(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }

private func checksum(_ bytes: [UInt8]) -> UInt32 {
  var sum: UInt32 = ~0
  for byte in bytes {
    sum ^= UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 != 0 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
  return ~sum
}
