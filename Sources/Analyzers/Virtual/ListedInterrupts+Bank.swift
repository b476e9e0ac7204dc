import HypervisorModel
import InterruptTrace

extension ListedInterrupts {
  /// How long the guests of a PE have run, in ns and in events.
  struct Clock: BitwiseCopyable {
    var time: UInt64 = 0
    var events: UInt64 = 0

    static func - (a: Clock, b: Clock) -> Clock {
      Clock(time: a.time &- min(a.time, b.time), events: a.events &- min(a.events, b.events))
    }
  }

  /// An interrupt that a list register holds, or held when the guest was left.
  struct Entry: BitwiseCopyable {
    /// `.max` for none.
    var intid: UInt32 = .max
    var priority: UInt8 = 0xFF
    var isGroup1 = false
    var isPending = false
    var isActive = false
    /// Ended, and not deactivated.
    var isDropped = false
    var listed = Moment()
    var acknowledgeEvent: UInt64 = .max
    var acknowledgeTime: UInt64 = 0
    var endEvent: UInt64 = .max
    var endTime: UInt64 = 0
    /// The guests' clock when it became what it is.
    var since = Clock()
    /// What the guests had taken by then.
    var taken: UInt64 = 0
    /// Up to when its waits are counted.
    var settled: UInt64 = 0
    var waits = VirtualWaitTimes()
    /// When it was taken out of its list register, and at which entry it had been in it.
    var takenOut = Moment()
    var takenOutClock = Clock()
    var round: UInt64 = 0
    /// The entry that went without it, for want of a list register.
    var leftOut = Moment()

    init() {}

    init(_ t: Transition, _ value: ListRegisterValue, _ clock: Clock, taken: UInt64) {
      intid = t.intid
      priority = value.priority
      isGroup1 = value.isGroup1
      isPending = value.isPending
      isActive = value.isActive
      listed = Moment(t)
      since = clock
      settled = t.time
      self.taken = taken
    }

    mutating func update(_ value: ListRegisterValue, _ clock: Clock) {
      if value.isPending, !isPending, !isActive { since = clock }
      isPending = value.isPending
      if value.isActive != isActive {
        since = clock
        isActive = value.isActive
        isDropped = false
      }
    }

    mutating func acknowledged(_ t: Transition, _ clock: Clock, taken: UInt64) {
      isPending = false
      isActive = true
      isDropped = false
      acknowledgeEvent = t.event
      acknowledgeTime = t.time
      since = clock
      self.taken = taken
      waits = VirtualWaitTimes()
    }

    mutating func ended(_ t: Transition, _ clock: Clock) {
      isDropped = true
      endEvent = t.event
      endTime = t.time
      since = clock
    }

    /// It may be another vCPU's from now on: what it has been through is not known.
    mutating func forget(_ t: Transition, _ clock: Clock) {
      listed = Moment(t)
      acknowledgeEvent = .max
      since = clock
      settled = t.time
      waits = VirtualWaitTimes()
    }

    mutating func deactivated(_ t: Transition, _ clock: Clock) {
      isActive = false
      isDropped = false
      acknowledgeEvent = .max
      // If it was pending too, that one begins to wait now.
      since = clock
      settled = t.time
      listed = Moment(t)
    }
  }

  /// The list registers of a PE.
  struct Bank: BitwiseCopyable {
    var lists = InlineArray<16, Entry>(repeating: Entry())
    var stashed = InlineArray<16, Entry>(repeating: Entry())
    var stashCount = 0
    /// Bit n is set while what list register n holds is pending and not active, or active and not ended.
    private(set) var waiting: UInt16 = 0
    private(set) var running: UInt16 = 0
    var isEnabled = false
    /// Since the interface was enabled the guest has not shown that it runs.
    var isFresh = false
    /// Since the last entry something was done to it that may have been done to another PE's: the capture does not say.
    var isAssumed = false
    var load = VCPULoad()
    var clock = Clock()
    /// Up to when ``clock`` counts.
    var counted = Moment()
    var acknowledges: UInt64 = 0
    var entries: UInt64 = 0
    var lastEntry = Moment()
    /// At the last entry the hypervisor asked for a maintenance interrupt when there is room.
    var isAsked = false
    var listRegisters = 0
    /// There were more interrupts than list registers at the last entry, at the one before, and at all since.
    var isPressed = false
    var wasPressed = false
    var pressedSince = Moment()
    /// The first entry of the run of such entries that ended with the last one.
    var pressedBefore = Moment()
    /// Operands of ``TransitionKind/virtualControl``: known bits in 31:16.
    var control: UInt32 = 0
    var controlEvent: UInt64 = .max

    /// Brings the clock to a moment; it stands still while the virtual interface is disabled. ``counted`` stays as it is.
    @inline(__always) mutating func runOn(to time: UInt64, _ event: UInt64) {
      guard isEnabled, counted.event != .max else { return }
      clock.time &+= time &- min(counted.time, time)
      clock.events &+= event &- min(counted.event, event)
    }

    mutating func stash(_ entry: Entry) {
      if stashCount == 16 {
        for n in 1..<16 { stashed[n - 1] = stashed[n] }
        stashCount = 15
      }
      stashed[stashCount] = entry
      stashCount &+= 1
    }

    mutating func takeStashed(_ intid: UInt32, isActive: Bool) -> Entry? {
      for n in 0..<stashCount where stashed[n].intid == intid && stashed[n].isActive == isActive {
        let entry = stashed[n]
        remove(n)
        return entry
      }
      return nil
    }

    private mutating func remove(_ n: Int) {
      stashCount &-= 1
      stashed[n] = stashed[stashCount]
    }

    /// At a new entry: what the last one did not load again waits for a list register, or is gone.
    mutating func dropMoved() {
      var n = 0
      while n < stashCount {
        guard stashed[n].round < entries else {
          n &+= 1
          continue
        }
        guard isPressed else {
          remove(n)
          continue
        }
        if stashed[n].leftOut.event == .max { stashed[n].leftOut = lastEntry }
        n &+= 1
      }
    }

    /// There are more interrupts than list registers if the hypervisor asks for room and has filled all of them.
    mutating func notePressed() {
      guard isAsked, !isPressed else { return }
      var used = 0
      for n in 0..<16 where lists[n].intid != INTID.none { used &+= 1 }
      guard used >= min(listRegisters, 16) else { return }
      isPressed = true
      if !wasPressed { pressedSince = lastEntry }
    }

    /// A list register has changed.
    @inline(__always) mutating func noteChange(of n: Int) {
      let bit = UInt16(1) << UInt16(n)
      waiting = lists[n].isPending && !lists[n].isActive ? waiting | bit : waiting & ~bit
      running = lists[n].isActive && !lists[n].isDropped ? running | bit : running & ~bit
    }

    /// The highest priority of what the guest runs; 0xFF if it runs nothing. Mutating, as what is not gets a copy of the bank.
    @inline(__always) mutating func runningPriority() -> UInt8 {
      var (priority, left): (UInt8, UInt16) = (0xFF, running)
      while left != 0 {
        priority = min(priority, lists[left.trailingZeroBitCount].priority)
        left &= left &- 1
      }
      return priority
    }

    /// Whether the guest's group enables, or its priority mask, are known to hold an interrupt back; `control` is the bank's.
    @inline(__always)
    static func isClosed(_ control: UInt32, isGroup1: Bool, priority: UInt8) -> (group: Bool, mask: Bool) {
      let bit: UInt32 = isGroup1 ? 9 : 8
      let isOff = control >> (16 + bit) & 1 != 0 && control >> bit & 1 == 0
      let isMasked = control >> 16 & 0xFF == 0xFF && UInt32(priority) >= control & 0xFF
      return (isOff, isMasked)
    }
  }
}
