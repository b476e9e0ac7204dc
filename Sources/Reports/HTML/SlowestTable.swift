/// The slowest interrupts, each with a link to its place on the timeline.
struct SlowestTable {
  private let worst: [SlowestLives.Life]
  private let naming: PENaming

  init(_ worst: [SlowestLives.Life], _ naming: PENaming) {
    self.worst = worst
    self.naming = naming
  }

  /// Of physical interrupts.
  var html: String {
    var table = HTMLTable(
      [
        ("injection → end", true), ("pending", true), ("handled", true), ("class", false), ("INTID", true),
        ("PE", true), ("at", true), ("events", false), ("", false),
      ],
      caption: "The slowest interrupts"
    )
    for one in worst {
      let life = one.life
      table.add(
        [
          Units.duration(one.length), life.span(.pendingToAcknowledge).map { Units.duration($0.length) } ?? "",
          life.span(.acknowledgeToEOI).map { Units.duration($0.length) } ?? "", life.interruptClass.name,
          "\(life.intid)", naming.text(life.pe), Units.moment(life.pendingTime),
          "#\(life.pendingEvent) → #\(life.acknowledgeEvent) → #\(life.endEvent)",
        ],
        link: MomentLink(life).html
      )
    }
    return table.html
  }

  /// Of guests' interrupts.
  var guests: String {
    var table = HTMLTable(
      [
        ("in all", true), ("pending", true), ("in a list register", true), ("handled", true), ("class", false),
        ("vINTID", true), ("on", false), ("at", true), ("certainty", false), ("", false),
      ],
      caption: "The slowest interrupts of guests"
    )
    let hasManyGuests = Set(worst.map(\.life.domain)).count > 1
    for one in worst {
      let life = one.life
      func span(_ from: UInt64, _ to: UInt64) -> String { Units.duration(to > from ? to - from : 0) }
      let taken = life.shown.contains(.acknowledge) ? life.acknowledgeTime : life.deactivationTime
      let isListed = life.shown.contains(.listed)
      table.add(
        [
          Units.duration(one.length),
          life.shown.contains(.pending) ? span(life.pendingTime, isListed ? life.listedTime : taken) : "",
          isListed ? span(life.listedTime, taken) : "",
          life.shown.contains(.acknowledge) && life.shown.contains(.end)
            ? span(life.acknowledgeTime, life.endTime) : "",
          "v" + life.interruptClass.name, "\(life.intid)",
          TimelineRow(life).name(naming, hasManyGuests: hasManyGuests), Units.moment(life.firstTime),
          "\(life.certainty)",
        ],
        link: MomentLink(life).html
      )
    }
    return table.html
  }
}
