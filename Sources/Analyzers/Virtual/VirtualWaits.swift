/// How long one virtual interrupt waited, by ``VirtualWaitCause``, in ns.
struct VirtualWaitTimes: BitwiseCopyable {
  fileprivate var nanoseconds = InlineArray<5, UInt64>(repeating: 0)

  subscript(_ cause: VirtualWaitCause) -> UInt64 { nanoseconds[Int(cause.rawValue)] }

  @inline(__always)
  mutating func add(_ time: UInt64, for cause: VirtualWaitCause) { nanoseconds[Int(cause.rawValue)] &+= time }
}

/// The sums.
struct VirtualWaits {
  private static var causes: Int { 5 }

  private var sums: [VirtualWaitCount] = InterruptClass.allCases.flatMap { interruptClass in
    VirtualWaitCause.allCases.map { VirtualWaitCount(interruptClass: interruptClass, cause: $0) }
  }

  mutating func count(_ times: VirtualWaitTimes, _ interruptClass: InterruptClass) {
    for n in 0..<Self.causes where times.nanoseconds[n] > 0 {
      sums[Int(interruptClass.rawValue) &* Self.causes &+ n].add(times.nanoseconds[n])
    }
  }

  var counts: [VirtualWaitCount] { sums.filter { $0.count > 0 } }
}
