import InterruptTrace

import InterruptTrace

/// One vCPU: its list of pending and active interrupts and its list registers.
struct GuestVCPU {
  /// Places of the interrupts on its list, in KVM's order.
  var list: [Int] = []
  /// The list as it was at the last exit, before what is taken to have ended left it.
  var listAtExit: [Int] = []
  /// Its list registers as they were written at the last entry.
  var registers = InlineArray<64, UInt64>(repeating: 0)
  /// Places of the interrupts in them.
  var places = InlineArray<64, Int>(repeating: -1)
  /// How many are used.
  var loaded = 0
  /// It is in its guest.
  var isInside = false
  /// It runs a guest of its own, whose interrupts its list registers hold.
  var isNested = false
  /// Number of the event of its last entry.
  var entryEvent = UInt64.max
  /// The CPU that it runs on.
  var cpu = PE.none
  /// The thread that runs it; 0 if that is not known.
  var thread: UInt32 = 0
  /// What is on its list is known: it was empty once, or a probe showed all of it.
  var isListKnown = false
  /// At its last entry it was not known which interrupts found a register.
  var isCrowded = false
  /// How much of it was seen.
  var firstRun = FirstRun.unseen
  /// The exception class of its last exit.
  var exitClass: UInt32 = 0
  /// The instruction that it left its guest at.
  var exitPC: UInt64 = 0
  /// The instruction of the last of its waits that lasted.
  var waitPC: UInt64 = .max
  var entryPC: UInt64 = 0
  var entryTime: UInt64 = 0
  /// Length of its last run, and whether that began with something in the list registers.
  var ranFor: UInt64 = 0
  var hadInterrupts = false
  /// The interrupt that its thread is deactivating for its guest; ``INTID/none`` for none.
  var deactivating = INTID.none
  /// It left its guest for a deactivation that trapped.
  var isDeactivating = false
  /// Places of the interrupts on its list whose deactivation trapped, and that no pruning of the list has followed yet.
  var unpruned: [Int] = []
  /// PPIs whose physical interrupt came since the entry.
  var fired: UInt32 = 0
  /// SPIs whose end was notified since the last exit.
  var ended: [UInt32] = []
  /// How many of them were in no list register.
  var endedOutside = 0
  /// Interrupts whose handlers the guest's own trace showed since the entry, and how far they are.
  var handlers: [(intid: UInt32, phase: HandlerPhase)] = []
  /// Places of the interrupts about whose state nothing tells.
  var doubtful: [Int] = []
  /// Deadlines of its timers, as last saved or restored.
  var deadlines = InlineArray<4, UInt64>(repeating: 0)
  /// Its timers are on the hardware: restored, or in use since an entry, and not saved since.
  var areTimersLoaded = false
  /// Number of the event of its last exit.
  var exitEvent: UInt64 = 0
  /// Injections for it since its last exit, the latest of them, for those that come too late for the next entry.
  var injections: [RecentInjection] = []
  /// List registers as a probe shows them: written since the last exit, and read back since the last entry.
  var shownWritten: [UInt64] = []
  var shownRead: [UInt64] = []
  /// A probe showed the list registers being filled since the last exit.
  var isFillShown = false

  /// How far a guest's handler is.
  enum HandlerPhase {
    /// It runs.
    case running
    /// It has returned; the end of the interrupt follows.
    case returned
    /// The guest has gone on since.
    case over
  }

  /// How a vCPU came into the capture.
  enum FirstRun {
    /// Neither an entry nor an exit was seen.
    case unseen
    /// The first thing seen of it is an entry, and it is still inside.
    case entered
    /// An exit was seen.
    case over
  }
}

extension GuestVCPU {
  /// Writes or reads it.
  mutating func archive(_ archive: inout StateArchive) {
    archive.array(&list)
    archive.array(&listAtExit)
    archive.value(&registers)
    archive.value(&places)
    archive.value(&loaded)
    archive.value(&isInside)
    archive.value(&isNested)
    archive.value(&entryEvent)
    archive.value(&cpu)
    archive.value(&thread)
    archive.value(&isListKnown)
    archive.value(&isCrowded)
    archive.value(&firstRun)
    archive.value(&exitClass)
    archive.value(&exitPC)
    archive.value(&waitPC)
    archive.value(&entryPC)
    archive.value(&entryTime)
    archive.value(&ranFor)
    archive.value(&hadInterrupts)
    archive.value(&deactivating)
    archive.value(&isDeactivating)
    archive.array(&unpruned)
    archive.value(&fired)
    archive.array(&ended)
    archive.value(&endedOutside)
    archive.array(&handlers)
    archive.array(&doubtful)
    archive.value(&deadlines)
    archive.value(&areTimersLoaded)
    archive.value(&exitEvent)
    archive.array(&injections)
    archive.array(&shownWritten)
    archive.array(&shownRead)
    archive.value(&isFillShown)
  }
}
