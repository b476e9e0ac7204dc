import InterruptTrace

/// What the page's buttons look for.
struct Search {
  /// The kinds of place, by the names that the page uses.
  static let kinds: [(name: String, kinds: Set<TransitionKind>)] = [
    ("acknowledge", [.acknowledged, .virtualAcknowledged]),
    ("pending", [.pending, .virtualPending]),
    ("end", [.endOfInterrupt, .virtualEndOfInterrupt]),
    ("spurious", [.spuriousAcknowledge, .virtualSpuriousAcknowledge]),
    ("list-register", [.lrFilled, .lrEmptied, .lrOverwritten]),
    ("maintenance", [.maintenance]),
    ("its", [.itsCommand, .itsFault, .msi]),
    ("fault", [.itsFault, .guestError, .mismatchedEnd, .disagreed]),
    ("any", Set(TransitionKind.allCases)),
  ]

  private let wanted: Set<TransitionKind>
  private let intid: UInt32?
  private let pe: UInt32?

  /// A search for a kind of place, about one interrupt or PE if given; nil if there is no such kind.
  init?(_ name: String, intid: UInt32? = nil, pe: UInt32? = nil) {
    guard let found = Self.kinds.first(where: { $0.name == name }) else { return nil }
    wanted = found.kinds
    self.intid = intid
    self.pe = pe
  }

  func matches(_ transition: Transition) -> Bool {
    wanted.contains(transition.kind) && (intid == nil || transition.intid == intid)
      && (pe == nil || transition.pe == pe)
  }
}
