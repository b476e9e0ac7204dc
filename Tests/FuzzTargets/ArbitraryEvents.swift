import GICModel
import InterruptTrace

/// Bytes as events of every kind, plausible ones and any others: a change of a byte is a change of an event.
struct ArbitraryEvents {
  /// What the controller is.
  let topology: Topology
  /// What happens to it.
  private(set) var events: [Event] = []

  private var tape: ByteTape
  private var time: UInt64 = 0
  private let pes: Int

  /// The events that bytes stand for.
  init(_ bytes: [UInt8]) {
    var tape = ByteTape(bytes)
    topology = Self.topology(&tape)
    pes = topology.peCount + 1
    self.tape = tape
    while !self.tape.isAtEnd { events += next() }
  }

  private static func topology(_ tape: inout ByteTape) -> Topology {
    var topology = Topology()
    func set(_ key: Topology.Key, _ value: Int) {
      topology.set(Topology.Entry(key: key, source: .user, value: UInt64(value)))
    }
    let architecture = tape.pick([Topology.Architecture.v2, .v3, .v3, .v3_3, .v4, .v4_1])
    topology.set(.architecture, to: architecture, source: .user)
    set(.profile, tape.below(4))
    set(.peCount, 1 + tape.below(4))
    let choices = tape.byte()
    set(.securityStates, choices & 1 == 0 ? 1 : 2)
    set(.startsAtReset, choices & 2 == 0 ? 1 : 0)
    if choices & 4 != 0 { set(.affinityRouting, choices & 8 == 0 ? 1 : 0) }
    if choices & 16 != 0 { set(.priorityBits, 4 + tape.below(5)) }
    if choices & 32 != 0 { set(.listRegisters, tape.below(18)) }
    if choices & 64 != 0 { set(.preemptionBits, tape.below(9)) }
    if choices & 128 != 0 { topology.set(.gicdTyper, to: tape.word(4), source: .register) }
    return topology
  }

  private mutating func next() -> [Event] {
    time &+= tape.byte() & 1 == 0 ? UInt64(tape.byte()) : 0
    switch tape.below(16) {
    case 0, 1, 2: return [systemRegister(SystemRegister.all.filter { $0.rawValue < 64 })]
    case 3: return [systemRegister(SystemRegister.all.filter { $0.rawValue >= 64 })]
    case 4, 5: return [access(.gicd)]
    case 6: return [access(.gicr)]
    case 7, 8: return [access(tape.pick([.gicc, .gich, .gicv, .gicm]))]
    case 9: return [access(tape.pick([.gits, .translater]))]
    case 10: return command()
    case 11: return [input()]
    case 12, 13: return [observation()]
    case 14: return [guest()]
    default: return anything()
    }
  }

  // MARK: Numbers

  private mutating func pe() -> UInt32 {
    let choice = tape.byte()
    return choice < 240 ? UInt32(Int(choice) % pes) : tape.pick([PE.none, 4095, 4096, 70_000, UInt32(choice)])
  }

  private mutating func intid() -> UInt64 {
    switch tape.byte() & 7 {
    case 0: UInt64(tape.byte() & 15)
    case 1: UInt64(16 + (tape.byte() & 15))
    case 2...4: UInt64(32 + (tape.byte() & 63))
    case 5: 8192 + UInt64(tape.byte() & 7)
    case 6: 1019 + UInt64(tape.byte() & 7)
    default: tape.word(3)
    }
  }

  private mutating func number() -> UInt64 {
    switch tape.byte() & 7 {
    case 0: UInt64(tape.byte())
    case 1: UInt64(tape.byte()) << UInt64(tape.byte() & 63)
    case 2: intid()
    case 3: intid() | tape.word(1) << 48 | UInt64(tape.byte()) << 56
    case 4: tape.word(4)
    case 5: ~tape.word(1)
    default: tape.word()
    }
  }

  // MARK: Events

  private mutating func flags() -> EventFlags { EventFlags(rawValue: tape.byte()) }

  private mutating func systemRegister(_ registers: [SystemRegister]) -> Event {
    let kind = tape.byte() & 1 == 0 ? EventKind.sysregWrite : .sysregRead
    return .sysreg(
      kind, time: time, pe: pe(), register: tape.pick(registers), value: number(),
      flags: flags().intersection([.secure, .securityShown, .incomplete, .effectsShown]))
  }

  private mutating func access(_ frame: Frame) -> Event {
    let kind = tape.byte() & 1 == 0 ? EventKind.mmioWrite : .mmioRead
    var offset = UInt32(tape.word(2))
    if let map = RegisterMap.of(frame, topology.architecture == .v2 ? .v2 : .v3), offset & 0x8000 == 0 {
      let register = map.registers[Int(offset & 0x7F) % map.registers.count]
      offset = register.offset &+ UInt32(Int(offset >> 7) % max(register.count, 1)) &* register.stride
    }
    return .mmio(
      kind, time: time, frame: frame, offset: offset, value: number(), size: tape.pick([4, 4, 4, 1, 2, 8]),
      owner: pe(), accessor: tape.byte() & 3 == 0 ? PE.none : pe(),
      flags: flags().intersection([.secure, .securityShown, .refused, .absolute, .sizeUnknown, .incomplete]))
  }

  private mutating func command() -> [Event] {
    let opcode = tape.byte() & 0x3F
    let table = EventFlags(rawValue: tape.byte())
    if opcode < 16 {
      let entry = Event(time: time, kind: .tableEntry, flags: table, a: number(), b: number())
      return [entry, Event(time: time, kind: .continuation, a: number(), b: number())]
    }
    let first = Event(
      time: time, kind: .itsCommand, flags: table, a: UInt64(opcode - 16) | UInt64(tape.byte() & 3) << 32,
      b: UInt64(tape.byte() & 7) | intid() << 32)
    let target = tape.byte() & 1 == 0 ? UInt64(tape.byte() & 3) << 16 | UInt64(tape.byte() & 7) | 1 << 63 : number()
    return [first, Event(time: time, kind: .continuation, a: target, b: number())]
  }

  private mutating func input() -> Event {
    switch tape.byte() & 3 {
    case 0, 1: return Event(time: time, kind: .lineLevel, pe: pe(), a: intid(), b: UInt64(tape.byte() & 1))
    case 2:
      return Event(
        time: time, kind: .msi, flags: flags(), a: UInt64(tape.byte() & 3) << 32 | UInt64(tape.byte() & 7), b: number())
    default: return Event(time: time, kind: .memoryWrite, flags: flags(), a: number(), b: number())
    }
  }

  private mutating func observation() -> Event {
    let kinds: [EventKind] = [
      .cpuLine, .maintenanceLine, .highestPending, .highestPending, .acknowledge, .listRegister, .exceptionEntry,
      .exceptionReturn, .itsProcess, .enableChange, .virtualHighestPending, .sgiPending,
    ]
    let (kind, pe) = (tape.pick(kinds), pe())
    if kind == .highestPending || kind == .virtualHighestPending {
      let rank = UInt64(tape.byte()) << 32 | UInt64(tape.byte() % 3) << 48
      return Event(
        time: time, kind: kind, flags: flags(), pe: pe, a: intid() | rank,
        b: kind == .highestPending ? UInt64(tape.byte()) | UInt64(tape.byte()) << 16 : intid() | rank)
    }
    return Event(time: time, kind: kind, flags: flags(), pe: pe, a: number(), b: number())
  }

  private mutating func guest() -> Event {
    let kind = tape.pick(EventLayout.all).kind
    return Event(
      time: time, kind: kind, flags: flags(), domain: UInt16(1 + tape.byte() % 3), pe: pe(), a: number(), b: number())
  }

  private mutating func anything() -> [Event] {
    let kind = tape.byte() & 1 == 0 ? tape.pick(EventLayout.all).kind : EventKind(rawValue: tape.byte())
    let first = Event(
      time: tape.byte() & 7 == 0 ? tape.word() : time, kind: kind, flags: flags(),
      domain: tape.byte() & 3 == 0 ? UInt16(tape.word(2)) : 0, pe: pe(), a: number(), b: number())
    let more = (0..<(tape.byte() & 3)).map { _ in
      Event(time: time, kind: .continuation, pe: first.pe, a: number(), b: number())
    }
    return [first] + more
  }
}
