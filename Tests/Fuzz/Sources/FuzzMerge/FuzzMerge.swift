import FuzzSupport
import InterruptTrace
import TraceImporters

/// Two captures, split at the first zero byte, on one timeline: with an offset from the bytes, and with one that is found.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMerge(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = fuzzBytes(data, count)
  guard let choice = bytes.first else { return 0 }
  let rest = bytes.dropFirst()
  let split = rest.firstIndex(of: 0) ?? rest.endIndex
  let first = FuzzFile(Array(rest[..<split]))
  let second = FuzzFile(Array(rest[min(split + 1, rest.endIndex)...]))
  let guest = UInt16(choice & 3)
  func open(_ file: borrowing FuzzFile) -> (any EventSource)? { try? openTrace(paths: [file.path]) }
  if let one = open(first), let other = open(second), let ours = try? CaptureSignals(one),
    let theirs = try? CaptureSignals(other), let found = ClockOffset.find(ours, theirs, guest: guest)
  {
    merge(open(first), open(second), MergedSource.Relation(clock: found, guest: guest))
  }
  let given = ClockOffset(offset: Int64(Int8(bitPattern: choice)) << 40)
  merge(open(first), open(second), MergedSource.Relation(clock: given, guest: guest))
  return 0
}

private func merge(_ first: (any EventSource)?, _ second: (any EventSource)?, _ relation: MergedSource.Relation) {
  guard let first, let second else { return }
  drain(MergedSource(first, second, relation))
}
