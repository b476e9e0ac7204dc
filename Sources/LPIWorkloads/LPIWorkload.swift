/// What a store is made to do with a population, repeatedly and measured.
public struct LPIWorkload: Hashable, Sendable {
  /// The operations of a workload.
  public enum Kind: Hashable, Sendable {
    /// Reads every record in device order.
    case lookupSequential
    /// Reads records in random order; each read is independent of the one before.
    case lookupRandom
    /// Removes a random LPI's record and makes it again.
    case churn
    /// Walks all records in INTID order.
    case iterate
    /// Injects by DeviceID and EventID in device order and acknowledges: `burst` injections, then everything that they
    /// made pending. 1 is the selftest's steady state; 0 injects all LPIs before it acknowledges any.
    case stress(burst: Int)
    /// The same from all devices in turn, as when each has its own thread.
    case interleaved(burst: Int)
    /// Makes all pending, then not pending one by one in random order (CLEAR, DISCARD).
    case clear
    /// With all pending, changes the priority of random LPIs (INV).
    case reconfigure
    /// With all pending, moves everything from one PE to another in turn (MOVALL). Per LPI moved.
    case moveAll

    /// As it stands after the slash in a workload's name.
    public var name: String {
      switch self {
      case .lookupSequential: "lookup-sequential"
      case .lookupRandom: "lookup-random"
      case .churn: "churn"
      case .iterate: "iterate"
      case .stress(1): "immediate"
      case .stress(0): "deep"
      case .stress(let burst): "burst-\(burst)"
      case .interleaved(1): "interleaved-immediate"
      case .interleaved(0): "interleaved-deep"
      case .interleaved(let burst): "interleaved-burst-\(burst)"
      case .clear: "clear"
      case .reconfigure: "reconfigure"
      case .moveAll: "move-all"
      }
    }

    /// Every operation by name, with `N` for any number.
    public static var names: [String] {
      [
        "lookup-sequential", "lookup-random", "churn", "iterate", "immediate", "burst-N", "deep",
        "interleaved-immediate", "interleaved-burst-N", "interleaved-deep", "clear", "reconfigure", "move-all",
      ]
    }

    /// The operations of a name as ``name`` writes it, with any size of burst.
    public init?(name: String) {
      let fixed: [Kind] = [
        .lookupSequential, .lookupRandom, .churn, .iterate, .stress(burst: 1), .stress(burst: 0),
        .interleaved(burst: 1), .interleaved(burst: 0), .clear, .reconfigure, .moveAll,
      ]
      if let kind = fixed.first(where: { $0.name == name }) {
        self = kind
      } else if let size = Kind.size(name, after: "interleaved-burst-") {
        self = .interleaved(burst: size)
      } else if let size = Kind.size(name, after: "burst-") {
        self = .stress(burst: size)
      } else {
        return nil
      }
    }

    private static func size(_ name: String, after prefix: String) -> Int? {
      guard name.hasPrefix(prefix), let size = Int(name.dropFirst(prefix.count)), (1...1 << 24).contains(size) else {
        return nil
      }
      return size
    }
  }

  /// The LPIs.
  public var shape: LPIPopulationShape
  /// The operations.
  public var kind: Kind

  /// A workload.
  public init(_ shape: LPIPopulationShape, _ kind: Kind) {
    self.shape = shape
    self.kind = kind
  }

  /// How workloads are named, for a help text.
  public static let naming = """
    Populations: linux-N, contiguous-N and uniform-N are N LPIs (16, 64k, 1m) with INTIDs as Linux gives them, one \
    after the other, or at random; stress-VxDxE is the selftest vgic_lpi_stress with V vCPUs, D devices of E events, \
    and stress-per-device-VxDxE the same with one vCPU per device.

    Operations: \(Kind.names.joined(separator: ", ")). N is any number.
    """

  /// The name users choose it by.
  public var name: String { "\(shape.name)/\(kind.name)" }

  /// The workload of a name: `linux-1m/churn`, `stress-64x2048x32/burst-64`; nil if there is none of that name.
  public init?(name: String) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let shape = LPIPopulationShape(name: String(parts[0])),
      let kind = Kind(name: String(parts[1]))
    else { return nil }
    self.init(shape, kind)
  }
}
