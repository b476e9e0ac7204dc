import InterruptTrace

/// Any bytes as any pcap or pcapng.
func fuzzPcap(_ bytes: [UInt8]) throws {
  let file = FuzzFile(bytes)
  if let source = try? openPcap(path: file.path) { try drain(source) }
  if let source = try? PcapTraceReader(path: file.path) { try drain(source) }
}
