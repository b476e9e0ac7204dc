import InterruptTrace

/// What a trace.dat says of the machine that was traced, and of recordings of its guests or its host.
struct DatOrigin {
  /// The kernel's release.
  var release: Topology.KernelRelease?
  /// What turns the times of a guest into its host's, in ns.
  var timeShift: Int64?
  /// The threads that run the guests' vCPUs: the thread, the guest, counted from 1, and the vCPU.
  private(set) var threads: [(thread: UInt32, guest: UInt32, vcpu: UInt32)] = []
  private var guests: UInt32 = 0

  private static let limit: UInt32 = 4096

  /// A guest's offsets, measured several times for each vCPU. The one in the middle counts.
  ///
  /// Identifier of the host's recording (8 bytes), flags, vCPUs; for each vCPU the number of measurements, their times,
  /// offsets and scales.
  static func timeShift(_ option: inout DatBytes) throws(DatError) -> Int64? {
    _ = try option.u64("the host's identifier")
    _ = try option.u32("the flags of a time shift")
    let vcpus = try option.u32("the vCPUs of a time shift")
    guard vcpus <= limit else { return nil }
    var offsets: [Int64] = []
    for _ in 0..<vcpus {
      let count = try option.u32("the measurements of a time shift")
      guard count <= 1 << 16 else { return nil }
      for _ in 0..<count { _ = try option.u64("a time of a time shift") }
      for _ in 0..<count { offsets.append(Int64(bitPattern: try option.u64("a time shift"))) }
      for _ in 0..<count { _ = try option.u64("a scale of a time shift") }
    }
    return offsets.isEmpty ? nil : offsets.sorted()[offsets.count / 2]
  }

  /// A guest that was recorded together with its host: its name, identifier, and the threads of its vCPUs.
  mutating func addGuest(_ option: inout DatBytes) throws(DatError) {
    _ = try option.string("a guest's name")
    _ = try option.u64("a guest's identifier")
    let vcpus = try option.u32("a guest's vCPUs")
    guard vcpus <= Self.limit, guests < Self.limit else { return }
    guests += 1
    for _ in 0..<vcpus {
      let vcpu = try option.u32("a vCPU")
      let thread = try option.u32("a vCPU's thread")
      threads.append((thread, guests, vcpu))
    }
  }
}
