import InterruptTrace
import TraceImporters

/// Two captures, split at the first zero byte, on one timeline: with an offset from the bytes, and with one that is found.
func fuzzMerge(_ bytes: [UInt8]) throws {
  guard let choice = bytes.first else { return }
  let rest = bytes.dropFirst()
  let split = rest.firstIndex(of: 0) ?? rest.endIndex
  let first = FuzzFile(Array(rest[..<split]))
  let second = FuzzFile(Array(rest[min(split + 1, rest.endIndex)...]))
  let guest = UInt16(choice & 3)
  func open(_ file: borrowing FuzzFile) -> (any EventSource)? { try? openTrace(paths: [file.path]) }
  if let one = open(first), let other = open(second), let ours = try? CaptureSignals(one),
    let theirs = try? CaptureSignals(other), let found = ClockOffset.find(ours, theirs, guest: guest)
  {
    try merge(open(first), open(second), MergedSource.Relation(clock: found, guest: guest))
  }
  let given = ClockOffset(offset: Int64(Int8(bitPattern: choice)) << 40)
  try merge(open(first), open(second), MergedSource.Relation(clock: given, guest: guest))
}

private func merge(
  _ first: (any EventSource)?, _ second: (any EventSource)?, _ relation: MergedSource.Relation
) throws {
  guard let first, let second else { return }
  try drain(MergedSource(first, second, relation))
}
