import InterruptTrace

/// Which threads run vCPUs, of which guest, and which vCPU.
///
/// A thread runs a vCPU if it enters or leaves a guest. Which one: its name may hold the number (`CPU 1/KVM`); else what
/// it does itself between two entries may name it (its timers, its polling); else vCPUs are numbered as their threads
/// were created. Threads of one process are one guest; where processes are not shown, threads whose names differ in
/// digits only are, in the order of their identifiers, until a vCPU's number comes again. A thread whose name the tool did
/// not know (`<...>`, perf's `:266`) may be of any.
struct GuestThreads: ~Copyable {
  /// A thread that was seen.
  struct Thread {
    var id: UInt32
    var process: UInt32
    /// A hash of the name without digits; 0 if the name is not known.
    var family: UInt64
    /// The vCPU's number in the name, or -1.
    var named: Int32
    /// The vCPU's number in an event of its own, or -1.
    var told: Int32 = -1
    /// The vCPU's number in an event that may be about another, or -1.
    var hinted: Int32 = -1
    /// It enters guests.
    var runsVCPU = false
    /// 0 as long as it is no vCPU of a known guest.
    var domain: UInt16 = 0
    var vcpu: UInt32 = PE.none
    var evidence = VCPUEvidence.order
    /// It is in its guest, as far as known.
    var isInside = false
    /// The number of gaps before that was learned, plus one; 0 if it never was.
    var insideSince: UInt32 = 0

    /// What is known of the number before threads are compared.
    var claim: Int32 { named >= 0 ? named : told >= 0 ? told : hinted }
  }

  private(set) var all: [Thread] = []
  private var numbers: [UInt32: Int] = [:]
  /// vCPUs by thread, as the recording's own tables have them.
  private var announced: [UInt32: Int32] = [:]
  /// By domain - 1.
  private var guests: [Guest] = []
  private var guestsOfProcesses: [UInt32: Int] = [:]
  /// How many guests' threads have a name, and the last of them; those whose name is not known have 0.
  private var guestsOfFamilies: [UInt64: (count: Int, last: Int)] = [:]
  private var gaps: UInt32 = 1

  /// A guest: its process, or the name of its threads.
  private struct Guest {
    var process: UInt32
    var family: UInt64
    /// Numbers of its vCPUs, and the one after the highest.
    var taken: Set<Int32> = []
    var next: Int32 = 0
  }

  private let cache: UnsafeMutablePointer<(id: UInt32, number: Int32)>
  private static let cacheSize = 256
  /// Threads that are remembered; more are taken for threads of the host.
  private static let limit = 1 << 20
  private static let vcpuLimit: Int32 = 4096
  private static let guestLimit = 4096
  /// Guests that a thread without a process may belong to: so many of the latest.
  private static let searchLimit = 64

  init() {
    cache = .allocate(capacity: Self.cacheSize)
    cache.initialize(repeating: (0, -1), count: Self.cacheSize)
  }

  deinit { cache.deallocate() }

  /// The thread's place, or nil for the idle thread and what is not shown.
  @inline(__always) mutating func place(of record: borrowing KernelRecord) -> Int? {
    guard record.thread != 0 else { return nil }
    let known = cache[Int(record.thread) & (Self.cacheSize - 1)]
    if known.id == record.thread { return Int(known.number) }
    return add(record)
  }

  /// The place of a thread that was seen before, or nil.
  func known(_ thread: UInt32) -> Int? { numbers[thread] }

  /// The recording itself says which vCPU a thread runs.
  mutating func announce(_ thread: UInt32, vcpu: UInt32) {
    guard vcpu < UInt32(Self.vcpuLimit), announced.count < Self.limit else { return }
    announced[thread] = Int32(vcpu)
  }

  private mutating func add(_ record: borrowing KernelRecord) -> Int? {
    let slot = Int(record.thread) & (Self.cacheSize - 1)
    if let number = numbers[record.thread] {
      if all[number].family == 0, !Self.isUnknown(record.name) {
        let (family, named) = Self.read(name: record.name)
        all[number].family = family
        if all[number].domain == 0 { all[number].named = named }
      }
      // A name that is not known yet may come.
      if all[number].family != 0 { cache[slot] = (record.thread, Int32(number)) }
      return number
    }
    guard all.count < Self.limit else { return nil }
    let isUnknown = Self.isUnknown(record.name)
    let (family, named) = isUnknown ? (0, -1) : Self.read(name: record.name)
    numbers[record.thread] = all.count
    if !isUnknown { cache[slot] = (record.thread, Int32(all.count)) }
    let vcpu = announced[record.thread] ?? named
    all.append(Thread(id: record.thread, process: record.process, family: family, named: vcpu))
    return all.count - 1
  }

  subscript(_ place: Int) -> Thread {
    get { all[place] }
    set { all[place] = newValue }
  }

  /// How many guests there are.
  var guestCount: Int { guests.count }

  // MARK: Learning

  /// An event of the thread names a vCPU: its own for sure, or probably.
  @inline(__always) mutating func tell(_ place: Int, vcpu: UInt64, isOwn: Bool) {
    guard vcpu < UInt64(Self.vcpuLimit), all[place].domain == 0 else { return }
    if isOwn { all[place].told = Int32(vcpu) } else if all[place].hinted < 0 { all[place].hinted = Int32(vcpu) }
  }

  /// Numbers the threads that are known to run vCPUs, in the order of their identifiers. Returns their places.
  mutating func number() -> [Int] {
    let places = all.indices.filter { all[$0].runsVCPU && all[$0].domain == 0 }.sorted { all[$0].id < all[$1].id }
    for place in places { bind(place) }
    return places
  }

  /// Gives a thread that runs a vCPU its number.
  mutating func bind(_ place: Int) {
    let thread = all[place]
    let claim = thread.claim
    guard let number = guest(of: thread, claim: claim) ?? addGuest(thread) else { return }
    if guests[number].family == 0, thread.family != 0 {
      guestsOfFamilies[0]?.count -= 1
      guests[number].family = thread.family
      addFamily(thread.family, number)
    }
    var vcpu = claim
    if vcpu < 0 || guests[number].taken.contains(vcpu) {
      vcpu = guests[number].next
      all[place].evidence = .order
    } else {
      all[place].evidence = thread.named >= 0 ? .name : .event
    }
    guests[number].taken.insert(vcpu)
    guests[number].next = max(guests[number].next, vcpu + 1)
    all[place].domain = UInt16(number + 1)
    all[place].vcpu = UInt32(vcpu)
  }

  /// The guest that a thread runs a vCPU of, if it is one that is known.
  private func guest(of thread: Thread, claim: Int32) -> Int? {
    if thread.process != 0 { return guestsOfProcesses[thread.process] }
    return guests.indices.suffix(Self.searchLimit).last { number in
      guests[number].process == 0 && Self.mayBeSame(guests[number].family, thread.family)
        && (claim < 0 || !guests[number].taken.contains(claim))
    }
  }

  private mutating func addGuest(_ thread: Thread) -> Int? {
    guard guests.count < Self.guestLimit else { return nil }
    let number = guests.count
    guests.append(Guest(process: thread.process, family: thread.family))
    if thread.process != 0 { guestsOfProcesses[thread.process] = number }
    addFamily(thread.family, number)
    return number
  }

  private mutating func addFamily(_ family: UInt64, _ number: Int) {
    guestsOfFamilies[family, default: (0, 0)].count += 1
    guestsOfFamilies[family]?.last = number
  }

  /// The guest that a thread works for: its own, or that of its process; ``Domain/unknownGuest`` if that is not clear.
  func guest(ofThread place: Int?) -> UInt16 {
    if guests.count < 2 { return 1 }
    guard let place else { return Domain.unknownGuest }
    let thread = all[place]
    if thread.domain != 0 { return thread.domain }
    if thread.process != 0 {
      return guestsOfProcesses[thread.process].map { UInt16($0 + 1) } ?? Domain.unknownGuest
    }
    // A guest whose threads' name is not known may be anyone's, and so may a thread whose name is not.
    guard thread.family != 0 else { return Domain.unknownGuest }
    let named = guestsOfFamilies[thread.family] ?? (0, 0)
    let unnamed = guestsOfFamilies[0]?.count ?? 0
    guard named.count + unnamed == 1 else { return Domain.unknownGuest }
    if named.count == 1 { return UInt16(named.last + 1) }
    return guests.prefix(Self.searchLimit).firstIndex { $0.family == 0 }.map { UInt16($0 + 1) } ?? Domain.unknownGuest
  }

  /// Nothing is known of any thread's place after a gap.
  mutating func forgetInside() { gaps &+= 1 }

  /// A thread enters or leaves its guest. Returns whether it is known to have been there already.
  mutating func turn(_ place: Int, inside: Bool) -> Bool {
    defer {
      all[place].insideSince = gaps
      all[place].isInside = inside
    }
    return all[place].insideSince == gaps && all[place].isInside == inside
  }

  private static func mayBeSame(_ left: UInt64, _ right: UInt64) -> Bool { left == right || left == 0 || right == 0 }

  /// What tools print for a thread whose name they do not know: `<...>` (ftrace, trace-cmd), `:266` (perf).
  static func isUnknown(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let first = name.first else { return false }
    if first == 0x3C { return name.count == 5 && name.dropFirst().prefix(3).allSatisfy { $0 == 0x2E } }
    return first == 0x3A && name.count > 1 && name.dropFirst().allSatisfy { $0 &- 0x30 < 10 }
  }

  /// The hash of a name without its digits, and the number of the vCPU that it holds, if it is one of the names that
  /// virtual machine monitors give: `CPU 1/KVM` (QEMU), `fc_vcpu 1` (Firecracker), `vcpu1` (cloud-hypervisor),
  /// `crosvm_vcpu1`, `kvm-vcpu-1` (kvmtool).
  private static func read(name: UnsafeRawBufferPointer) -> (family: UInt64, vcpu: Int32) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    var number: Int32 = -1
    var last: Int32 = -1
    var marks = 0
    for (index, c) in name.enumerated() {
      if c &- 0x30 < 10 {
        let before = index > 0 && name[index - 1] &- 0x30 < 10
        last = before ? (last < 1 << 24 ? last * 10 + Int32(c - 0x30) : last) : Int32(c - 0x30)
        number = last
        continue
      }
      hash = (hash ^ UInt64(c)) &* 0x100_0000_01B3
      // "vcpu" in either case, or "CPU " followed by "/KVM".
      if c | 0x20 == 0x75, index >= 3, name[index - 1] | 0x20 == 0x70, name[index - 2] | 0x20 == 0x63,
        name[index - 3] | 0x20 == 0x76
      {
        marks = 1
      }
      if c == 0x2F, name.starts(with: Array("CPU ".utf8)) { marks = 1 }
    }
    return (hash, marks == 1 && number < vcpuLimit ? number : -1)
  }
}
