import InterruptTrace

/// The native reader, and libpcap's opinion of the same bytes. The first byte chooses what is wrapped around the rest,
/// because mutations rarely get past a checksum.
func fuzzNative(_ bytes: [UInt8]) throws {
  guard let choice = bytes.first else { return }
  let rest = Array(bytes.dropFirst())
  switch choice & 3 {
  case 0:
    try check(FuzzFile(rest), .cheapest)
  case 1:
    try check(FuzzFile(NativeFormat.header, rest), .none)
  case 2:
    // A frame of 64 KiB blocks without checksums: its body is the fuzzer's.
    try check(FuzzFile([0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, 0x82], rest), .none)
  default:
    // The same with linked blocks, the first of them a header, stored.
    let block = [24, 0, 0, 0x80] + NativeFormat.header
    try check(FuzzFile([0x04, 0x22, 0x4D, 0x18, 0x40, 0x40, 0xC0], block, rest), .none)
  }
}

private func check(_ file: borrowing FuzzFile, _ verification: ChecksumVerification) throws {
  guard let reader = try? NativeTraceReader(path: file.path, verification: verification) else { return }
  let events = try drain(reader)
  let records = reader.statistics.records
  let isWhole = events.count < fuzzLimit / MemoryLayout<Event>.stride
  if isWhole, let other = try? PcapTraceReader(try ByteInput.open(path: file.path, verification: verification)) {
    try require(drain(other) == events, "libpcap finds other events")
    try require(other.statistics.records == records, "libpcap counts \(other.statistics.records) records")
    try require(other.topology == reader.topology, "libpcap finds another topology")
  }
  try checkSeeking(reader, records)
}

/// After a seek the rest of the events comes, as it came without it.
private func checkSeeking(_ reader: NativeTraceReader, _ records: UInt64) throws {
  for target in [0, records / 2, records, records * 2] {
    guard let landed = reader.seek(toRecord: target) else { continue }
    try require(landed <= max(target, reader.firstEventRecord), "a seek to \(target) landed at \(landed)")
    drainAnywhere(reader)
  }
  for time in [0, 1 << 40, UInt64.max] {
    guard let record = reader.firstRecord(atOrAfter: time) else { continue }
    try require(reader.seek(toRecord: record) != nil, "no seek to record \(record), which has time \(time)")
  }
}

private func drainAnywhere(_ reader: NativeTraceReader) {
  var batch = EventBatch(capacity: 64)
  var left = fuzzLimit / 64
  while left > 0, let count = try? reader.read(into: &batch), count > 0 { left -= count }
}
