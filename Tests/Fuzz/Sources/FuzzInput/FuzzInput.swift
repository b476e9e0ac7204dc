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
  _ = input.damage
  checkPlaces(file, read)
  return 0
}

/// What can be read at any place is what is read from front to back.
private func checkPlaces(_ file: borrowing FuzzFile, _ read: [UInt8]) {
  guard read.count < fuzzLimit, let input = try? ByteInput.open(path: file.path),
    let places = try? RandomAccessInput(input)
  else { return }
  var bytes = [UInt8](repeating: 0, count: 64)
  for place in [0, read.count / 2, read.count] {
    let count = bytes.withUnsafeMutableBytes { places.load(at: place, into: $0) }
    // A plain file is there as it is stored, with its mark.
    if input.compression != "none" { precondition(read[min(place, read.count)...].starts(with: bytes[..<count])) }
  }
}
