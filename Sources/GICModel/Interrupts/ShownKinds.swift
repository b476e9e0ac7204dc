import InterruptTrace

/// What kinds of events the capture has held so far.
///
/// A capture may lack some by choice: of a controller whose Redistributor accesses are not recorded, nothing is known of
/// enables for long, even if it was seen at reset. What only a kind that never came could have changed counts as not known
/// where the capture shows something else.
struct ShownKinds: OptionSet {
  var rawValue: UInt16
  static let distributor = Self(rawValue: 1 << 0)
  static let redistributor = Self(rawValue: 1 << 1)
  /// Acknowledges, ends and masks of the physical CPU interfaces.
  static let interface = Self(rawValue: 1 << 2)
  /// MSIs or ITS commands.
  static let translation = Self(rawValue: 1 << 3)
  /// `ICH_*` or `GICH_*`.
  static let hypervisor = Self(rawValue: 1 << 4)
  /// `ICV_*` or `GICV_*`.
  static let guest = Self(rawValue: 1 << 5)
  /// Interrupt lines changing.
  static let lines = Self(rawValue: 1 << 6)
  /// SGIs being sent or accepted.
  static let sgis = Self(rawValue: 1 << 7)
  /// Guests' writes of what `ICH_VMCR_EL2` holds. Some recordings show only what guests acknowledge and end.
  static let guestControl = Self(rawValue: 1 << 8)

  /// Whether software has accessed the controller at all.
  @inline(__always) var hasAccesses: Bool {
    !isDisjoint(with: [.distributor, .redistributor, .interface, .translation, .hypervisor, .guest])
  }

  /// Notes an access to a frame. That the capture holds what configures interrupts, only writes show.
  @inline(__always) mutating func note(_ frame: Frame, isWrite: Bool) {
    switch frame {
    case .gicd: if isWrite { insert(.distributor) }
    case .gicr: if isWrite { insert(.redistributor) }
    case .gicc: insert(.interface)
    case .gich: insert(.hypervisor)
    case .gicv: formUnion([.guest, .guestControl])
    default: break
    }
  }
}

/// What is known of an interrupt, given what the capture holds.
extension InterruptController where Self: ~Copyable {
  /// Guests deactivate physical interrupts: what their list registers hold and what they do must be shown both.
  var showsGuestsWhole: Bool { shown.contains(.hypervisor) == shown.contains(.guest) }

  func knowsEnable(_ pe: Int, _ intid: Int) -> Bool {
    showsConfiguration(intid) && bank(pe, intid >> 5).pointee.enabled.knows(intid & 31)
  }

  func knowsPriority(_ pe: Int, _ intid: Int) -> Bool {
    showsConfiguration(intid) && bank(pe, intid >> 5).pointee.knownPriority.bit(intid & 31)
  }

  func knowsGroup(_ pe: Int, _ intid: Int) -> Bool {
    showsConfiguration(intid) && bank(pe, intid >> 5).pointee.group.knows(intid & 31)
  }

  func knowsModifier(_ pe: Int, _ intid: Int) -> Bool {
    showsConfiguration(intid) && bank(pe, intid >> 5).pointee.modifier.knows(intid & 31)
  }

  func knowsTrigger(_ pe: Int, _ intid: Int) -> Bool {
    showsConfiguration(intid) && bank(pe, intid >> 5).pointee.edge.knows(intid & 31)
  }

  /// Whether an SPI's target is known.
  func knowsTarget(_ intid: Int) -> Bool {
    showsConfiguration(intid) && bank(0, intid >> 5).pointee.knownTarget.bit(intid & 31)
  }

  func knowsLevel(_ pe: Int, _ intid: Int) -> Bool {
    shown.contains(.lines) && bank(pe, intid >> 5).pointee.level.knows(intid & 31)
  }
}
