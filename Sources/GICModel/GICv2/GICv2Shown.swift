import InterruptTrace

/// What kinds of events the capture has held so far.
///
/// A capture may lack some by choice: of a controller whose accesses to the Distributor are not recorded, nothing is known
/// of enables for long, even if it was seen at reset. What only a kind that never came could have changed counts as not
/// known where the capture shows something else.
struct GICv2Shown: OptionSet {
  var rawValue: UInt8
  static let lines = Self(rawValue: 1 << 0)
  static let distributor = Self(rawValue: 1 << 1)
  static let interface = Self(rawValue: 1 << 2)
  static let hypervisor = Self(rawValue: 1 << 3)
  static let guest = Self(rawValue: 1 << 4)
  /// A change of an SPI's pending state, and of a PPI's.
  static let pending: Self = [.lines, .distributor, .interface]
}

extension GICv2 {
  /// Whether an interrupt's enable is known; `row` as in ``GICv2Distributor/row(_:_:)``.
  func knowsEnable(_ row: Int, _ bit: Int) -> Bool {
    shown.contains(.distributor) && distributor.knownEnabled[row].bit(bit)
  }

  func knowsTargets(_ row: Int, _ bit: Int) -> Bool {
    shown.contains(.distributor) && distributor.knownTargets[row].bit(bit)
  }

  func knowsPriority(_ row: Int, _ bit: Int) -> Bool {
    shown.contains(.distributor) && distributor.knownPriority[row].bit(bit)
  }

  func knowsTrigger(_ row: Int, _ bit: Int) -> Bool {
    shown.contains(.distributor) && distributor.knownEdge[row].bit(bit)
  }

  func knowsLatch(_ plane: Int, _ bit: Int) -> Bool {
    shown.isSuperset(of: .pending) && distributor.knownLatch[plane].bit(bit)
  }

  func knowsLevel(_ row: Int, _ bit: Int) -> Bool { shown.contains(.lines) && distributor.knownLevel[row].bit(bit) }

  /// Guests deactivate physical interrupts: what their list registers hold and what they do must be shown both.
  func knowsActive(_ plane: Int, _ bit: Int) -> Bool {
    shown.contains(.interface) && shown.contains(.guest) == shown.contains(.hypervisor)
      && distributor.knownActive[plane].bit(bit)
  }

  /// Whether everything that could be pending on a PE is known.
  func knowsAllPending(_ pe: Int) -> Bool {
    shown.isSuperset(of: .pending)
      && (0..<32).allSatisfy { word in
        distributor.knownLatch[GICv2Distributor.plane(pe, word)] == .max
          && distributor.knownLevel[GICv2Distributor.row(pe, word)] == .max
      }
  }

  func knowsInterface(_ pe: Int, _ register: GICv2Interface.Known) -> Bool {
    shown.contains(.interface) && interfaces[pe].interface.known.isSuperset(of: register)
  }

  func knowsControl(_ bits: UInt32) -> Bool {
    shown.contains(.distributor) && distributor.knownControl & bits == bits
  }

  /// Whether what a guest may change in `GICH_*` follows from what the capture shows.
  var knowsGuests: Bool { shown.isSuperset(of: [.hypervisor, .guest]) }
}
