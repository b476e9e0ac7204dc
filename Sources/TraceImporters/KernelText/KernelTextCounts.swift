extension KernelTextReader {
  /// What the lines as a whole tell.
  struct Counts {
    /// Events, whether they are used or not.
    var events: UInt64 = 0
    /// Lines whose time is a whole number, and events that were used.
    var wholeTimes: UInt64 = 0
    var used: UInt64 = 0
    /// Events of other recordings.
    var others: UInt64 = 0
    /// Events about guests without a thread.
    var withoutThread: UInt64 = 0
    /// Events of function_graph without a time.
    var timeless: UInt64 = 0
    /// Events that perf printed: entries and exits of guests, and others that only a host with guests has.
    var guestPasses: UInt64 = 0
    var besideGuests: UInt64 = 0
    /// Events of KVM on x86, and lines that were put together again.
    var foreign: UInt64 = 0
    var wrapped: UInt64 = 0
    var firstWrapped: UInt64 = 0
  }
}
