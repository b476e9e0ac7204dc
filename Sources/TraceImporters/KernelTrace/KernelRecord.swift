import InterruptTrace

/// One record of a kernel's trace, whatever it was read from: who, where, when, which event, and its values.
///
/// It owns room for the values, and is filled again for each record.
struct KernelRecord: ~Copyable {
  /// Nanoseconds of the trace's clock.
  var time: UInt64 = 0
  /// The time was given as a whole number: a clock that counts something that the text does not name.
  var isTimeCount = false
  /// The CPU it happened on, or ``PE/none``.
  var cpu = PE.none
  /// The thread that ran, or 0: the idle thread, or not shown.
  var thread: UInt32 = 0
  /// Whether the thread is shown.
  var showsThread = true
  /// The event's system stands before its name, as perf prints it.
  var namesSystem = false
  /// The event's fields stand in braces, as babeltrace prints them.
  var isBraced = false
  /// The file or the instance that `trace-cmd report` names before the thread; valid while the record is decoded.
  var recording = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The process of the thread, if it is shown.
  var process: UInt32 = 0
  /// The thread's name; valid while the record is decoded.
  var name = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Number of the event in ``KernelCatalogue``.
  var event = 0
  /// Which of the values are shown, one bit each.
  var shown: UInt32 = 0
  /// Text of the event: an interrupt's name, the reason of an IPI.
  var text = UnsafeRawBufferPointer(start: nil, count: 0)
  /// Words in `mask`, the lowest first.
  var maskCount = 0
  /// A mask of CPUs.
  let mask: UnsafeMutablePointer<UInt64>
  private let values: UnsafeMutablePointer<UInt64>

  /// Values of an event at most: a vCPU's number, how many list registers it uses, and those.
  static let valueLimit = 18
  /// Words of a mask at most: 8192 CPUs, as many as Linux has.
  static let maskLimit = 128

  init() {
    values = .allocate(capacity: Self.valueLimit)
    values.initialize(repeating: 0, count: Self.valueLimit)
    mask = .allocate(capacity: Self.maskLimit)
    mask.initialize(repeating: 0, count: Self.maskLimit)
  }

  deinit {
    values.deallocate()
    mask.deallocate()
  }

  /// The thread is not shown.
  mutating func forgetThread() {
    thread = 0
    process = 0
    showsThread = false
    name = UnsafeRawBufferPointer(start: nil, count: 0)
    recording = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Forgets what belongs to the event.
  @inline(__always) mutating func clear() {
    shown = 0
    maskCount = 0
    text = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// A value; 0 if it is not shown.
  @inline(__always) subscript(_ number: Int) -> UInt64 { shown & (1 &<< UInt32(number)) != 0 ? values[number] : 0 }

  /// Whether a value is shown.
  @inline(__always) func shows(_ number: Int) -> Bool { shown & (1 &<< UInt32(number)) != 0 }

  @inline(__always) mutating func set(_ number: Int, _ value: UInt64) {
    guard number < Self.valueLimit else { return }
    values[number] = value
    shown |= 1 &<< UInt32(number)
  }
}
