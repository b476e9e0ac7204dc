/// The forms in which CPUs are printed.
extension KernelText {
  /// `02, 00, 00`: bytes, the lowest first, as `trace-cmd report -R` prints a mask.
  func readBytes(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord) -> Bool {
    var count = 0
    while at < end, Digits.byte(at) != 0x5D {
      var number: UInt64 = 0
      guard Digits.readHex(&at, into: &number), number < 256 else { return false }
      let word = count / 8
      guard word < KernelRecord.maskLimit else { return false }
      if count % 8 == 0 { record.mask[word] = 0 }
      record.mask[word] |= number << UInt64(count % 8 * 8)
      count += 1
      Self.skip(&at, end) { $0 == 0x20 || $0 == 0x2C }
    }
    record.maskCount = (count + 7) / 8
    return count > 0
  }

  /// A mask, `00000000,00000002`, as the kernel prints it, or a list, `0-2,5`, as trace-cmd 3.3 does.
  func readMask(_ at: inout UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord) -> Bool {
    let start = at
    var group = at
    var isList = false
    while at < end {
      let character = Digits.byte(at)
      if character == 0x2D { isList = true } else if character != 0x2C, Digits.hex(character) > 15 { break }
      at += 1
      if character == 0x2C { group = at }
    }
    guard at > start else { return false }
    // Of a mask all groups but the first have eight digits, and one alone has too: the kernel prints whole words.
    if isList || at - group != 8 { return readList(start, at, &record) }
    readGroups(start, at, &record)
    return true
  }

  private func readList(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord) -> Bool {
    var scanner = TextScanner(start, end)
    record.mask[0] = 0
    record.maskCount = 1
    repeat {
      guard let first = scanner.decimal() else { return false }
      let last = scanner.skip("-") ? scanner.decimal() : first
      guard let last, first <= last, last < UInt64(KernelRecord.maskLimit) * 64 else { return false }
      while record.maskCount <= Int(last / 64) {
        record.mask[record.maskCount] = 0
        record.maskCount += 1
      }
      for cpu in first...last { record.mask[Int(cpu / 64)] |= 1 << (cpu % 64) }
    } while scanner.skip(",")
    return scanner.length == 0
  }

  /// `00000000,00000002`: groups of 32 bits, the highest first.
  private func readGroups(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ record: inout KernelRecord) {
    var p = end - 1
    var bit = 0
    record.mask[0] = 0
    record.maskCount = 1
    while p >= start {
      let character = Digits.byte(p)
      if character != 0x2C {
        let word = bit / 64
        guard word < KernelRecord.maskLimit else { break }
        if word == record.maskCount {
          record.mask[word] = 0
          record.maskCount += 1
        }
        record.mask[word] |= Digits.hex(character) &<< UInt64(bit % 64)
        bit += 4
      }
      p -= 1
    }
  }
}
