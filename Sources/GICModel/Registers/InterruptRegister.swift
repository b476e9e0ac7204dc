/// What a register of one or more bits for each INTID is about.
enum InterruptField: UInt8 {
  /// `*_IGROUPR`.
  case group
  /// `*_IGRPMODR`.
  case modifier
  /// `*_ISENABLER`, `*_ICENABLER`.
  case enabled
  /// `*_ISPENDR`, `*_ICPENDR`: the latch, and of a level-sensitive interrupt its line.
  case pending
  /// `*_ISACTIVER`, `*_ICACTIVER`.
  case active
  /// `*_INMIR`: superpriority (GICv3.3).
  case nonMaskable
  /// `*_ICFGR`: the upper bit of each pair.
  case trigger
  /// `*_NSACR`.
  case nonSecureAccess
  /// `*_IPRIORITYR`.
  case priority
  /// `GICD_ITARGETSR`.
  case target
  /// `GICD_SPENDSGIR`, `GICD_CPENDSGIR`: the PEs that an SGI is pending from.
  case sources
  /// `GICD_IROUTER`.
  case route
}

/// What a register that holds something of each INTID does: the part of its row that the dispatcher acts on.
struct InterruptRegister: BitwiseCopyable {
  /// What a write does.
  enum Effect: UInt8 {
    /// The field becomes what is written.
    case assign
    /// Ones set bits.
    case set
    /// Ones clear bits.
    case clear
  }

  /// A field and what a write does to it.
  enum Action {
    case assign(InterruptField)
    case set(InterruptField)
    case clear(InterruptField)
  }

  /// Whose interrupts an access sees.
  enum Visibility: UInt8 {
    /// All of them.
    case all
    /// From Non-secure state those of Non-secure Group 1, and what `*_NSACR` opens at `level`.
    case byGroup
    /// From Non-secure state none.
    case secureOnly
  }

  var field: InterruptField
  var effect: Effect
  var visibility: Visibility
  /// The value of a `GICD_NSACR` field that opens the register to Non-secure state: 1 to set pending, 2 also to clear it and
  /// for active states, 3 also to route (IHI 0069H, 12.9.31; IHI 0048B, 4.3.14); ``closed`` for never.
  var level: UInt8 = closed
  /// log2 of the bits of each INTID.
  var shift: UInt8
  /// The INTID that the array begins with.
  var first: UInt16 = 0

  static var closed: UInt8 { 4 }

  init(_ action: Action, bits: Int, _ security: RegisterDescription.Security) {
    (field, effect) =
      switch action {
      case .assign(let field): (field, .assign)
      case .set(let field): (field, .set)
      case .clear(let field): (field, .clear)
      }
    shift = UInt8(bits.trailingZeroBitCount)
    visibility =
      switch security {
      case .common, .banked: .all
      case .byGroup, .byGroupAndNSACR: .byGroup
      case .secureOnly: .secureOnly
      }
    if security == .byGroupAndNSACR {
      level =
        switch field {
        case .pending where effect == .set: 1
        case .pending, .active: 2
        default: 3
        }
    }
  }

  /// The first INTID that the byte at an offset of the array belongs to.
  @inline(__always) func intid(at offset: UInt32) -> Int { Int(first) &+ Int((offset &* 8) &>> UInt32(shift)) }
}
