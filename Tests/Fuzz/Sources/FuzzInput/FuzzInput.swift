import FuzzSupport
import InterruptTrace

/// Any bytes through every decompressor. The first byte chooses the size of the pieces and what is peeked at.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = fuzzBytes(data, count)
  guard let choice = bytes.first else { return 0 }
  let file = FuzzFile(Array(bytes.dropFirst()))
  let verification: ChecksumVerification = choice & 1 == 0 ? .none : .all
  guard let input = try? ByteInput.open(path: file.path, verification: verification) else { return 0 }
  let start = input.peek(Int(choice))
  var read: [UInt8] = []
  while read.count < fuzzLimit, case let piece = input.nextPiece(atMost: Int(choice) + 1), piece.count > 0 {
    read += piece
  }
  precondition(read.starts(with: start))
  precondition(input.mapped?.count ?? bytes.count >= 0)
  _ = input.damage
  return 0
}
