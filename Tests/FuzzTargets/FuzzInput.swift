import InterruptTrace

/// Any bytes through every decompressor. The first byte chooses the size of the pieces and what is peeked at.
func fuzzInput(_ bytes: [UInt8]) throws {
  guard let choice = bytes.first else { return }
  let file = FuzzFile(Array(bytes.dropFirst()))
  let verification: ChecksumVerification = choice & 1 == 0 ? .none : .all
  guard let input = try? ByteInput.open(path: file.path, verification: verification) else { return }
  let start = input.peek(Int(choice))
  var read: [UInt8] = []
  while read.count < fuzzLimit, case let piece = input.nextPiece(atMost: Int(choice) + 1), piece.count > 0 {
    read += piece
  }
  try require(read.starts(with: start), "what was peeked at is not what is read")
  _ = input.damage
  try checkPlaces(file, read)
}

/// What can be read at any place is what is read from front to back.
private func checkPlaces(_ file: borrowing FuzzFile, _ read: [UInt8]) throws {
  guard read.count < fuzzLimit, let input = try? ByteInput.open(path: file.path),
    let places = try? RandomAccessInput(input)
  else { return }
  var bytes = [UInt8](repeating: 0, count: 64)
  for place in [0, read.count / 2, read.count] {
    let count = bytes.withUnsafeMutableBytes { places.load(at: place, into: $0) }
    // A plain file is there as it is stored, with its mark.
    guard input.compression != "none" else { continue }
    let isSame = read[min(place, read.count)...].starts(with: bytes[..<count])
    try require(isSame, "the bytes at \(place) are others than from front to back")
  }
}
