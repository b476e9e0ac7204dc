import InterruptTrace
import LPIStore

/// What kinds of events the capture has held so far.
///
/// A capture may lack some by choice: of a controller whose Redistributor accesses are not recorded, nothing is known of
/// enables for long, even if it was seen at reset. What only a kind that never came could have changed counts as not known
/// where the capture shows something else.
struct ShownKinds: OptionSet {
  var rawValue: UInt8
  static let distributor = Self(rawValue: 1 << 0)
  static let redistributor = Self(rawValue: 1 << 1)
  /// Acknowledges, ends and masks of the physical CPU interfaces.
  static let interface = Self(rawValue: 1 << 2)
  /// MSIs or ITS commands.
  static let translation = Self(rawValue: 1 << 3)
  /// `ICH_*`.
  static let hypervisor = Self(rawValue: 1 << 4)
  /// `ICV_*` or `GICV_*`.
  static let guest = Self(rawValue: 1 << 5)
}

extension GICv3 where Store: ~Copyable {
  /// Guests deactivate physical interrupts: what their list registers hold and what they do must be shown both.
  var showsGuestsWhole: Bool { shown.contains(.hypervisor) == shown.contains(.guest) }

  func knowsEnable(_ pe: Int, _ intid: Int) -> Bool {
    intid < 32
      ? shown.contains(.redistributor) && pes[pe].knownEnabled.bit(intid)
      : shown.contains(.distributor) && distributor.knownEnabled[intid >> 5].bit(intid & 31)
  }

  func knowsPending(_ pe: Int, _ intid: Int) -> Bool {
    guard shown.contains(.interface) else { return false }
    if intid < 32 {
      return pes[pe].knownPending.bit(intid) && (intid < 16 ? showsSGIs : shown.contains(.redistributor))
    }
    return shown.contains(.distributor) && distributor.knownPending[intid >> 5].bit(intid & 31)
  }

  func knowsLevel(_ pe: Int, _ intid: Int) -> Bool {
    showsLines
      && (intid < 32 ? pes[pe].knownLevel.bit(intid) : distributor.knownLevel[intid >> 5].bit(intid & 31))
  }

  func knowsActive(_ pe: Int, _ intid: Int) -> Bool {
    guard shown.contains(.interface), showsGuestsWhole else { return false }
    return intid < 32 ? pes[pe].knownActive.bit(intid) : distributor.knownActive[intid >> 5].bit(intid & 31)
  }

  func knowsPriority(_ pe: Int, _ intid: Int) -> Bool {
    intid < 32
      ? shown.contains(.redistributor) && pes[pe].knownPriority.bit(intid)
      : shown.contains(.distributor) && distributor.knownPriority[intid >> 5].bit(intid & 31)
  }

  func knowsGroup(_ pe: Int, _ intid: Int) -> Bool {
    intid < 32
      ? shown.contains(.redistributor) && pes[pe].knownGroup.bit(intid)
      : shown.contains(.distributor) && distributor.knownGroup[intid >> 5].bit(intid & 31)
  }

  func knowsTrigger(_ pe: Int, _ intid: Int) -> Bool {
    intid < 32
      ? shown.contains(.redistributor) && pes[pe].knownEdge.bit(intid)
      : shown.contains(.distributor) && distributor.knownEdge[intid >> 5].bit(intid & 31)
  }

  func knowsRoute(_ intid: Int) -> Bool {
    shown.contains(.distributor) && distributor.knownRoute[intid >> 5].bit(intid & 31)
  }

  func knowsControl(_ bits: UInt32) -> Bool {
    shown.contains(.distributor) && distributor.knownControl & bits == bits
  }

  func knowsInterface(_ pe: Int, _ registers: Known) -> Bool {
    shown.contains(.interface) && pes[pe].known.contains(registers)
  }

  /// Whether a PE's pending LPIs follow from what the capture holds.
  func knowsPendingLPIs(_ pe: Int) -> Bool {
    shown.isSuperset(of: [.interface, .translation]) && !pes[pe].pendingTableIsUnknown
  }
}
