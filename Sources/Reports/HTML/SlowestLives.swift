import Analyzers

/// The slowest interrupts of all, physical ones or guests', the slowest first.
struct SlowestLives {
  /// One of them.
  struct Life: BitwiseCopyable {
    var life: InterruptLife
    var length: UInt64
  }

  private static let limit = 20
  private(set) var all: [Life] = []

  mutating func add(_ life: InterruptLife) {
    guard let length = life.isVirtual ? life.guestSpan?.length : life.span(.injectionToEOI)?.length,
      all.count < Self.limit || length > all[all.count - 1].length
    else { return }
    all.insert(Life(life: life, length: length), at: all.firstIndex { $0.length < length } ?? all.count)
    if all.count > Self.limit { all.removeLast() }
  }

  /// The worst five, to be marked in a picture.
  var marks: [LatencyTimePicture.Mark] {
    all.prefix(5).map {
      .init(
        interruptClass: $0.life.interruptClass,
        name: "\($0.life.isVirtual ? "v" : "")\($0.life.interruptClass.name) \($0.life.intid)",
        time: $0.life.firstTime, length: $0.length)
    }
  }
}
