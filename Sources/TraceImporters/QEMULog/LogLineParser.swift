/// Takes one line of a QEMU log apart: prefix, event name, fields.
///
/// The line must be followed by ``Digits/padding`` readable bytes and must end with a line feed. Nothing is allocated,
/// and nothing is read behind the line's end but that padding.
///
/// Three prefixes are known (`-msg timestamp=on` of QEMU up to 10.0, of later versions, and none):
///
///     12891@1795335395.339658:gicv3_cpuif_update …
///     2026-01-22T10:11:12.345678Z gicv3_cpuif_update …
///     gicv3_cpuif_update …
struct LogLineParser: ~Copyable {
  /// What a line turned out to be.
  enum Line {
    /// An event of the catalogue; the fields' values are in ``LogLineParser/values``.
    case event(number: Int)
    /// An event of the catalogue whose text is not what it should be.
    case malformed(number: Int)
    /// An event that is not in the catalogue.
    case otherEvent
    /// No event at all: output of `-d`, or anything.
    case text
  }

  /// How lines begin.
  enum Prefix: UInt8 {
    case none
    case threadAndTime
    case dateAndTime
  }

  /// The most fields of a line.
  static let fieldLimit = 12

  let catalogue: LogCatalogue
  /// The fields of the last event, in the order of its template.
  let values: UnsafeMutablePointer<UInt64>
  /// How the last event's line began.
  private(set) var prefix = Prefix.none
  /// Time of the last stamped line in ns since the epoch.
  var time: UInt64 = 0
  /// Thread that wrote the last line, or 0.
  private(set) var thread: UInt32 = 0
  /// The thread of lines that name none: of a file with the lines of one thread.
  var ownThread: UInt32 = 0
  /// Unix time in ns that ``time`` counts from; the first stamp unless set.
  var epoch: UInt64?

  // The thread id and the seconds rarely change from line to line: their text is compared, not parsed.
  private var threadText: UInt64 = 0
  private var secondsHead: UInt64 = 0
  private var secondsTail: UInt32 = 0
  private var dateHead: UInt64 = 0
  private var dateMiddle: UInt64 = 0
  private var dateTail: UInt32 = 0
  /// Nanoseconds from the epoch to the current second; negative before the epoch.
  private var secondsBase: Int64 = 0

  init(epoch: UInt64? = nil) {
    catalogue = LogCatalogue.shared
    values = .allocate(capacity: Self.fieldLimit)
    values.initialize(repeating: 0, count: Self.fieldLimit)
    self.epoch = epoch
  }

  deinit { values.deallocate() }

  /// Parses the line at `start` and moves it behind what was understood: the line feed, if it is a good event.
  @inline(__always) mutating func parse(_ start: inout UnsafeRawPointer) -> Line {
    guard let name = skipPrefix(start) else { return .text }
    start = name
    return parseEvent(&start)
  }

  /// Parses from the event's name on.
  @inline(__always) mutating func parseEvent(_ at: inout UnsafeRawPointer) -> Line {
    let name = at
    let a = Digits.load(name)
    let b = Digits.load(name + 8)
    let c = Digits.load(name + 16)
    let d = Digits.load(name + 24)
    var length = Digits.distance(to: 0x20, in: a)
    var found: Int?
    if length == 8 {
      length = 8 + Digits.distance(to: 0x20, in: b)
      if length < 16 {
        found = catalogue.find(a, b & Digits.mask(length - 8), 0, 0)
      } else {
        length = 16 + Digits.distance(to: 0x20, in: c)
        if length < 24 {
          found = catalogue.find(a, b, c & Digits.mask(length - 16), 0)
        } else {
          length = 24 + Digits.distance(to: 0x20, in: d)
          if length < 32 { found = catalogue.find(a, b, c, d & Digits.mask(length - 24)) }
        }
      }
    }
    guard let number = found else { return prefix != .none || Self.looksLikeGICEvent(a) ? .otherEvent : .text }
    at = name + length + 1
    return match(number, &at) ? .event(number: number) : .malformed(number: number)
  }

  /// Without a prefix, only names of GIC events can be told from other text.
  private static func looksLikeGICEvent(_ word: UInt64) -> Bool {
    word & 0xFF_FFFF == 0x63_6967 && (word >> 24 & 0xFF == 0x5F || word >> 24 & 0xFF == 0x76)
  }

  // MARK: Fields

  /// Matches the text of an event and reads its fields; `at` ends behind the line feed.
  private func match(_ number: Int, _ at: inout UnsafeRawPointer) -> Bool {
    var piece = catalogue.pieces + Int(catalogue.entries[number].piece)
    var value = values
    while true {
      guard Self.skip(&at, catalogue.pool + Int(piece.pointee.start), Int(piece.pointee.length)) else { return false }
      switch piece.pointee.field {
      case .hex: guard Digits.readHex(&at, into: &value.pointee) else { return false }
      case .decimal: guard Digits.readDecimal(&at, into: &value.pointee) else { return false }
      case .word: guard Self.readWord(&at, into: &value.pointee) else { return false }
      case .end: return Self.endLine(&at)
      }
      value += 1
      piece += 1
    }
  }

  /// Moves behind `length` bytes of literal text; false if it is not there.
  @inline(__always) static func skip(_ at: inout UnsafeRawPointer, _ text: UnsafeRawPointer, _ length: Int) -> Bool {
    var done = 0
    while length &- done >= 8 {
      guard Digits.load(at + done) == Digits.load(text + done) else { return false }
      done &+= 8
    }
    guard (Digits.load(at + done) ^ Digits.load(text + done)) & Digits.mask(length &- done) == 0 else { return false }
    at += length
    return true
  }

  /// Moves behind the line feed, which may follow a carriage return.
  @inline(__always) static func endLine(_ at: inout UnsafeRawPointer) -> Bool {
    if Digits.byte(at) == 0x0D { at += 1 }
    guard Digits.byte(at) == 0x0A else { return false }
    at += 1
    return true
  }

  /// Reads up to seven lower-case letters as a number: the first letter in the lowest byte.
  private static func readWord(_ at: inout UnsafeRawPointer, into value: inout UInt64) -> Bool {
    var word: UInt64 = 0
    var length = 0
    while length < 8, Digits.byte(at + length) &- 0x61 < 26 {
      word |= UInt64(Digits.byte(at + length)) &<< UInt64(8 &* length)
      length &+= 1
    }
    at += length
    value = word
    return length > 0 && length < 8
  }

  // MARK: Prefix

  /// Where the event's name starts; nil if the line does not begin like an event.
  @inline(__always) mutating func skipPrefix(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
    let word = Digits.load(start)
    let first = UInt8(truncatingIfNeeded: word)
    guard first &- 0x30 < 10 else {
      prefix = .none
      thread = ownThread
      return first &- 0x61 < 26 ? start : nil
    }
    let length = Digits.distance(to: 0x40, in: word)
    guard length < 8 else { return skipRarePrefix(start) }
    let text = word & Digits.mask(length)
    if text != threadText {
      guard let number = Digits.decimal(word, count: length) else { return nil }
      threadText = text
      thread = UInt32(truncatingIfNeeded: number)
    } else if prefix != .threadAndTime {
      thread = UInt32(truncatingIfNeeded: Digits.decimal(word, count: length) ?? 0)
    }
    return skipSeconds(start + length + 1)
  }

  /// Skips `SECONDS.MICROS:`.
  @inline(__always) private mutating func skipSeconds(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
    let head = Digits.load(start)
    let tail = UInt32(truncatingIfNeeded: Digits.load(start + 8)) & 0xFF_FFFF
    if head != secondsHead || tail != secondsTail {
      guard newSeconds(start, head, tail) else { return nil }
    }
    let fraction = Digits.load(start + 11)
    guard let micros = Digits.decimal(fraction, count: 6), fraction >> 48 & 0xFF == 0x3A else { return nil }
    setTime(micros: micros)
    prefix = .threadAndTime
    return start + 18
  }

  /// Reads ten digits of Unix time and a full stop.
  private mutating func newSeconds(_ start: UnsafeRawPointer, _ head: UInt64, _ tail: UInt32) -> Bool {
    guard let high = Digits.decimal(head, count: 8), let low = Digits.decimal(UInt64(tail), count: 2),
      tail >> 16 == 0x2E
    else { return false }
    let fraction = Digits.decimal(Digits.load(start + 11), count: 6) ?? 0
    setSeconds(high &* 100 &+ low, micros: fraction)
    secondsHead = head
    secondsTail = tail
    return true
  }

  /// A thread id of eight or more digits, or a date.
  private mutating func skipRarePrefix(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
    if Digits.byte(start + 4) == 0x2D { return skipDate(start) }
    var at = start
    var number: UInt64 = 0
    guard Digits.readDecimal(&at, into: &number), Digits.byte(at) == 0x40 else { return nil }
    thread = UInt32(truncatingIfNeeded: number)
    threadText = 0
    return skipSeconds(at + 1)
  }

  /// Skips `2026-01-22T10:11:12.345678Z `, or `2026-01-22T10:11:12Z ` on a whole second.
  private mutating func skipDate(_ start: UnsafeRawPointer) -> UnsafeRawPointer? {
    let head = Digits.load(start)
    let middle = Digits.load(start + 8)
    let tail = UInt32(truncatingIfNeeded: Digits.load(start + 16))
    let fraction = Digits.load(start + 20)
    // The library that QEMU formats dates with leaves out a fraction of zero.
    let isWhole = tail >> 24 == 0x5A
    guard let micros = isWhole ? 0 : Digits.decimal(fraction, count: 6),
      isWhole ? fraction & 0xFF == 0x20 : fraction >> 48 & 0xFFFF == 0x205A
    else { return nil }
    if head != dateHead || middle != dateMiddle || tail != dateTail {
      guard let seconds = Self.unixSeconds(start) else { return nil }
      setSeconds(seconds, micros: micros)
      (dateHead, dateMiddle, dateTail) = (head, middle, tail)
      // The other prefix's cache describes another second now.
      secondsHead = 0
    }
    setTime(micros: micros)
    prefix = .dateAndTime
    thread = ownThread
    return start + (isWhole ? 21 : 28)
  }

  /// The Unix time of `2026-01-22T10:11:12.` or `2026-01-22T10:11:12Z`.
  private static func unixSeconds(_ start: UnsafeRawPointer) -> UInt64? {
    func number(_ offset: Int, _ count: Int) -> Int64? {
      Digits.decimal(Digits.load(start + offset), count: count).map { Int64($0) }
    }
    func isAt(_ offset: Int, _ character: UInt8) -> Bool { Digits.byte(start + offset) == character }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2),
      isAt(4, 0x2D), isAt(7, 0x2D), isAt(10, 0x54), isAt(13, 0x3A), isAt(16, 0x3A), isAt(19, 0x2E) || isAt(19, 0x5A),
      year >= 1970, (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    // Days from civil: years begin in March, so that the leap day is a year's last.
    let marchYear = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
    return UInt64(clamping: days * 86_400 + hour * 3600 + minute * 60 + second)
  }

  private mutating func setSeconds(_ seconds: UInt64, micros: UInt64) {
    let unix = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let now = unix.overflow ? UInt64.max : unix.partialValue
    let from = epoch ?? now &+ micros &* 1000
    epoch = from
    secondsBase = Int64(truncatingIfNeeded: now &- from)
    dateHead = 0
    secondsHead = 0
  }

  @inline(__always) private mutating func setTime(micros: UInt64) {
    // A stamp before the epoch (stamps may be some microseconds out of order) is taken as the epoch.
    let now = secondsBase &+ Int64(truncatingIfNeeded: micros &* 1000)
    time = now < 0 ? 0 : UInt64(now)
  }
}
