import InterruptTrace

/// Exits by what was accessed: a system register, or a page of a device. Memory follows the number of those, up to a limit.
struct GuestExitDetails {
  /// What one access was about.
  enum Access {
    case register(name: String, isRead: Bool)
    case memory(address: UInt64, isController: Bool, isRead: Bool)
  }

  private struct Counts {
    var count: UInt64 = 0
    var reads: UInt64 = 0
    var away = DurationCounts()

    mutating func add(_ away: UInt64?, isRead: Bool) {
      count += 1
      if isRead { reads += 1 }
      if let away { self.away.add(away) }
    }
  }

  private struct Page {
    var lowest = UInt64.max
    var highest: UInt64 = 0
    var isController = false
    var counts = Counts()
  }

  private var registers: [String: Counts] = [:]
  private var pages: [UInt64: Page] = [:]
  private static let limit = 4096
  private static let pageSize: UInt64 = 4096

  /// Counts an exit and how long it took to the next entry, if there is one.
  mutating func add(_ access: Access, away: UInt64?) {
    switch access {
    case .register(let name, let isRead):
      guard registers.count < Self.limit || registers[name] != nil else { return }
      registers[name, default: Counts()].add(away, isRead: isRead)
    case .memory(let address, let isController, let isRead):
      let start = address & ~(Self.pageSize - 1)
      guard pages.count < Self.limit || pages[start] != nil else { return }
      pages[start, default: Page()].lowest = min(pages[start]?.lowest ?? .max, address)
      pages[start]!.highest = max(pages[start]!.highest, address)
      pages[start]!.isController = isController
      pages[start]!.counts.add(away, isRead: isRead)
    }
  }

  /// By register, the most frequent first.
  var byRegister: [GuestActivity.RegisterExits] {
    registers.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
      .init(register: $0.key, count: $0.value.count, reads: $0.value.reads, away: $0.value.away.distribution)
    }
  }

  /// By page, the most frequent first.
  var byDevice: [GuestActivity.DeviceExits] {
    pages.sorted { ($1.value.counts.count, $0.key) < ($0.value.counts.count, $1.key) }.map { page, value in
      .init(
        page: page, lowest: value.lowest, highest: value.highest, isController: value.isController,
        count: value.counts.count, reads: value.counts.reads, away: value.counts.away.distribution)
    }
  }
}
