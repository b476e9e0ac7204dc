import InterruptTrace

/// Turns lines into records for the decoder.
struct KernelTextReader: ~Copyable {
  var decoder = KernelDecoder()
  var statistics = ImportStatistics()
  /// What the lines around the events say.
  private(set) var header = KernelTextHeader()
  /// Lines read so far.
  private(set) var lines: UInt64
  /// Where and why reading stopped, with `--strict`.
  private(set) var stop: (position: String, reason: String)?

  var counts = Counts()
  private var record = KernelRecord()
  private let text = KernelText()
  private let isStrict: Bool
  /// The text is a part of a web page: what is no event is the page's.
  private let isPage: Bool
  private let linesBefore: UInt64
  /// The only recording whose events are taken; nil for all.
  private let recording: [UInt8]?
  var unused = UnusedEvents()
  private var held = HeldLine()
  private var lastTime: UInt64 = 0

  /// Records that are surveyed at most: as many for every form of a capture.
  static let surveyLimit: UInt64 = 32_768

  init(
    isStrict: Bool, place: KernelTextContent.Place = KernelTextContent.Place(), recording: [UInt8]? = nil
  ) {
    self.isStrict = isStrict
    self.recording = recording
    isPage = place.isPage
    linesBefore = place.line
    lines = place.line
  }

  // MARK: The start

  /// Learns which threads run vCPUs from the lines of the capture's start, and how many CPUs there are.
  mutating func survey(_ start: UnsafeRawBufferPointer) -> Topology {
    var at = start.baseAddress!
    let end = at + start.count
    decoder.isSurvey = true
    while at < end, counts.events < Self.surveyLimit {
      let next = LogDecoder.nextLine(at, end)
      take(at, lineEnd(at, next))
      at = next
    }
    if !held.isEmpty { giveUpHeld() }
    let cpus = decoder.cpuCount
    let declared = header.cpus.map { max($0, cpus) }
    var topology = decoder.topology(cpus: declared ?? cpus, source: declared == nil ? .inferred : .header)
    if let release = header.release { topology.set(.kernelRelease, to: release, source: .header) }
    decoder.conclude()
    // Nothing was read so far.
    counts = Counts()
    statistics = ImportStatistics()
    unused = UnusedEvents()
    lines = linesBefore
    stop = nil
    return topology
  }

  // MARK: Lines

  /// Decodes whole lines until there is no more room or the lines end; moves `at` behind the last one read.
  mutating func decode(_ at: inout UnsafeRawPointer, end: UnsafeRawPointer) {
    while at < end, decoder.order.hasRoom, stop == nil {
      lines &+= 1
      let next = LogDecoder.nextLine(at, end)
      take(at, lineEnd(at, next))
      at = next
    }
  }

  /// Takes the last line, which has no line feed; false if it may be cut where it matters.
  mutating func takeLast(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    let end = lineEnd(start, end)
    guard isWhole(start, end) else { return false }
    lines &+= 1
    if case .event = KernelLine.read(start, end, into: &record), KernelLine.mayBeCut(start, end) {
      let line = lines
      statistics.note(
        "last line without a line feed", example: "it is used, but its last word may be cut: \(Excerpt.of(start, end))",
        position: "line \(line)")
    }
    take(start, end)
    return true
  }

  /// Whether a line without a line feed reads as a whole one.
  private mutating func isWhole(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    switch KernelLine.read(start, end, into: &record) {
    case .event(let name, let body):
      guard let event = text.catalogue.find(name) else { return true }
      record.event = event
      if text.read(body, Self.textEnd(body, end), into: &record) == .form { return true }
      // The rest of a wrapped line, or a probe, whose fields have no form.
      return text.catalogue.entries[event].forms.isEmpty && record.shown != 0
    case .text:
      if isPage || isExpected(start, end) { return true }
      guard !held.isEmpty, completesHeld(start, end) else { return false }
      held.cut()
      return true
    case .comment, .timeless, .lost: return true
    }
  }

  /// The capture has ended.
  mutating func finish() {
    if !held.isEmpty { giveUpHeld() }
    decoder.finish(lastTime)
  }

  /// Before the line feed; on a page of systrace's first kind also before `\n\`, as lines of a script's text end there.
  private func lineEnd(_ start: UnsafeRawPointer, _ next: UnsafeRawPointer) -> UnsafeRawPointer {
    var end = next
    while end > start, Digits.byte(end - 1) == 0x0A || Digits.byte(end - 1) == 0x0D { end -= 1 }
    if isPage, end - start >= 3, Digits.byte(end - 1) == 0x5C, Digits.byte(end - 2) == 0x6E,
      Digits.byte(end - 3) == 0x5C
    {
      end -= 3
    }
    return end
  }

  @inline(__always)
  private static func textEnd(_ body: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
    end > body && Digits.byte(end - 1) == 0x2F ? KernelLine.textEnd(body, end) : end
  }

  @inline(__always) private mutating func take(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    let content = KernelLine.read(start, end, into: &record)
    if !held.isEmpty {
      if content.isText, !isExpected(start, end) {
        if completesHeld(start, end) { return takeHeld() }
        if extendsHeld(start, end) { return }
      }
      giveUpHeld()
      if stop != nil, !decoder.isSurvey { return }
      // What was read of this line is overwritten.
      return take(KernelLine.read(start, end, into: &record), start, end)
    }
    take(content, start, end)
  }

  @inline(__always)
  private mutating func take(_ content: KernelLine.Content, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    switch content {
    case .event(let name, let body):
      if KernelTextContent.hasHole(start, end) { return malformed(start, end, lines) }
      if let recording, !record.recording.elementsEqual(recording) { return counts.others &+= 1 }
      lastTime = record.time
      counts.events &+= 1
      if record.isTimeCount { counts.wholeTimes &+= 1 }
      let found = text.catalogue.find(name)
      if decoder.isSurvey {
        let showsGuests = found.map { KernelDecoder.needsThread(text.catalogue.entries[$0].action) } ?? false
        header.takeRecording(record.recording, showsGuests: showsGuests)
      }
      guard let event = found else {
        statistics.skipped &+= 1
        return unused.count(name)
      }
      record.event = event
      switch text.read(body, Self.textEnd(body, end), into: &record) {
      case .form: use()
      case .fields where text.catalogue.entries[event].forms.isEmpty: use()
      // Its rest may follow.
      case .fields, .nothing: if !held.keep(start, end, line: lines, isEvent: true) { takePart(start, end) }
      }
    case .lost(let cpu, let count): decoder.lose(count, cpu: cpu)
    case .comment(let at): if let overrun = header.take(at, end) { decoder.lose(overrun, cpu: PE.none, reason: 1) }
    case .timeless: counts.timeless &+= 1
    case .text:
      if KernelLine.mayBeWrapped(start, end), held.keep(start, end, line: lines, isEvent: false) { return }
      skipText(start, end, line: lines)
    }
  }

  @inline(__always) private mutating func use() {
    counts.used &+= 1
    if record.namesSystem { countGuests() }
    if !record.showsThread, KernelDecoder.needsThread(text.catalogue.entries[record.event].action) {
      counts.withoutThread &+= 1
    }
    decoder.take(record)
  }

  private mutating func countGuests() {
    switch text.catalogue.entries[record.event].action {
    case .guestEnter, .guestExit: counts.guestPasses &+= 1
    case .inject, .irqLine, .gsiSet, .ackNotify, .timerLine: counts.besideGuests &+= 1
    // A thread of QEMU's that runs a vCPU: `CPU 0/KVM`.
    default: if record.name.suffix(4).elementsEqual("/KVM".utf8) { counts.besideGuests &+= 1 }
    }
  }

  // MARK: Wrapped lines

  /// Whether the line that is held and this one make an event in one of its forms.
  private mutating func completesHeld(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    guard held.join(start, end) else { return false }
    if case .event(let name, let body) = KernelLine.read(held.start, held.end, into: &record),
      let event = text.catalogue.find(name)
    {
      record.event = event
      if text.read(body, held.end, into: &record) == .form { return true }
    }
    held.cut()
    return false
  }

  /// Keeps the line behind the one that is held, if both together begin an event.
  private mutating func extendsHeld(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    guard held.join(start, end) else { return false }
    if case .event(let name, _) = KernelLine.read(held.start, held.end, into: &record),
      text.catalogue.find(name) != nil
    {
      return true
    }
    held.cut()
    return false
  }

  /// The record holds what the line that was held and its rest make together.
  private mutating func takeHeld() {
    if counts.wrapped == 0 { counts.firstWrapped = held.line }
    counts.wrapped &+= 1
    if record.isTimeCount { counts.wholeTimes &+= 1 }
    lastTime = record.time
    held.clear()
    use()
  }

  /// Nothing followed that belongs to what is held: each of its lines is what it is by itself.
  private mutating func giveUpHeld() {
    for number in 0..<held.parts {
      let (start, end) = held.part(number)
      let line = held.line + UInt64(number)
      if number == 0, held.isEvent { takePart(start, end, line: line) } else { skipText(start, end, line: line) }
    }
    held.clear()
  }

  /// An event whose text fits none of its forms: by the fields that it shows, or not at all.
  private mutating func takePart(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, line: UInt64? = nil) {
    let line = line ?? lines
    guard case .event(let name, let body) = KernelLine.read(start, end, into: &record),
      let event = text.catalogue.find(name)
    else { return malformed(start, end, line) }
    record.event = event
    if text.read(body, Self.textEnd(body, end), into: &record) != .nothing { return use() }
    if KernelLine.isForeign(body, end) {
      counts.foreign &+= 1
      statistics.skipped &+= 1
    } else {
      malformed(start, end, line)
    }
  }

  // MARK: What is no event

  private mutating func skipText(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, line: UInt64) {
    statistics.skipped &+= 1
    if decoder.isSurvey { return header.takeText(start, end) }
    if isPage || isExpected(start, end) { return }
    statistics.note("text that is no trace event", example: Excerpt.of(start, end), position: "line \(line)")
  }

  private mutating func malformed(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ line: UInt64) {
    statistics.skipped &+= 1
    statistics.note("malformed line", example: Excerpt.of(start, end), position: "line \(line)")
    if isStrict { stop = ("line \(line)", "malformed line: \(Excerpt.of(start, end))") }
  }
}
