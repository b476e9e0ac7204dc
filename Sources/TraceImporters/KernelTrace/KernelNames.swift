import InterruptTrace

/// Names that a kernel's trace shows with its events. Each is given once, by a marker before the first event that needs it;
/// events carry numbers.
struct KernelNames: ~Copyable {
  var interrupts = InterruptNames()
  /// A hash of each thread's name.
  private var threads: [UInt32: UInt64] = [:]
  /// The numbers of IPI reasons, by a hash of their names.
  private var reasons: [UInt64: UInt32]

  private static let threadLimit = 1 << 16
  /// Reasons' numbers end here, which leaves more than any kernel has.
  private static let reasonLimit: UInt32 = 256
  init() {
    reasons = [:]
    for (index, name) in IPIReason.names.enumerated() {
      Array(name.utf8).withUnsafeBytes { reasons[Self.hash($0)] = UInt32(index + 1) }
    }
  }

  /// Whether a thread has this name for the first time.
  mutating func isNew(_ name: UnsafeRawBufferPointer, ofThread thread: UInt32) -> Bool {
    let hash = Self.hash(name)
    guard let known = threads[thread] else {
      guard threads.count < Self.threadLimit else { return false }
      threads[thread] = hash
      return true
    }
    if known == hash { return false }
    threads[thread] = hash
    return true
  }

  /// The number of an IPI's reason, 0 if it is not shown, and whether it is new.
  mutating func reason(_ name: UnsafeRawBufferPointer) -> (number: UInt32, isNew: Bool) {
    guard name.count > 0 else { return (0, false) }
    let hash = Self.hash(name)
    if let number = reasons[hash] { return (number, false) }
    let number = IPIReason.firstNamed + UInt32(reasons.count - IPIReason.names.count)
    guard number < Self.reasonLimit else { return (0, false) }
    reasons[hash] = number
    return (number, true)
  }

  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ hash >> 29
  }
}

extension KernelDecoder {
  /// The number of a handler's name, 0 for none; a new name is given first.
  mutating func name(ofHandler record: borrowing KernelRecord) -> UInt32 {
    guard record.text.count > 0 else { return 0 }
    let irq = record[0] & 0xFFFF_FFFF
    let (number, isNew) = names.interrupts.number(irq, record.text)
    if isNew { give(.interruptName, record.text, record, number: UInt64(number), of: irq) }
    return number
  }

  /// Gives the name of the thread that runs, if it is new. The idle thread has one on each CPU.
  mutating func noteThread(_ record: borrowing KernelRecord) {
    guard record.thread != 0, record.name.count > 0, !GuestThreads.isUnknown(record.name),
      names.isNew(record.name, ofThread: record.thread)
    else { return }
    give(.threadName, record.name, record, of: UInt64(record.thread))
  }

  /// The number of the reason that an IPI's record shows.
  mutating func reason(_ record: borrowing KernelRecord) -> UInt64 {
    let (number, isNew) = names.reason(record.text)
    if isNew { give(.ipiReason, record.text, record, of: UInt64(number)) }
    return UInt64(number)
  }

  private mutating func give(
    _ kind: MarkerKind, _ text: UnsafeRawBufferPointer, _ record: borrowing KernelRecord, number: UInt64 = 0,
    of what: UInt64
  ) {
    let text = Array(String(decoding: text, as: UTF8.self).printable.utf8.prefix(InterruptNames.length))
    let length = text.count
    emit(
      .marker, record.time, Domain.physical, record.cpu,
      a: UInt64(kind.rawValue) | UInt64(length) << 16 | number << 32, b: what)
    var at = 0
    while at < length {
      var words: (UInt64, UInt64) = (0, 0)
      withUnsafeMutableBytes(of: &words) { target in
        for index in 0..<min(16, length - at) { target[index] = text[at + index] }
      }
      emit(
        .continuation, record.time, Domain.physical, record.cpu, a: UInt64(littleEndian: words.0),
        b: UInt64(littleEndian: words.1))
      at += 16
    }
  }
}
