import FuzzSupport
import InterruptTrace

/// Any bytes as any pcap or pcapng.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPcap(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let file = FuzzFile(fuzzBytes(data, count))
  if let source = try? openPcap(path: file.path) { drain(source) }
  if let source = try? PcapTraceReader(path: file.path) { drain(source) }
  return 0
}
