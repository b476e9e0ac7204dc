import InterruptTrace

/// What all guests of a capture may take together: memory follows a budget, and not the numbers that a damaged capture has.
///
/// Used by one thread.
final class GuestRoom {
  @exclusivity(unchecked) private var vcpus: Int
  @exclusivity(unchecked) private var interrupts: Int

  init(vcpus: Int = 1 << 15, interrupts: Int = 1 << 17) { (self.vcpus, self.interrupts) = (vcpus, interrupts) }

  init(copying other: GuestRoom) { (vcpus, interrupts) = (other.vcpus, other.interrupts) }

  /// Writes or reads it.
  func archive(_ archive: inout StateArchive) {
    archive.value(&vcpus)
    archive.value(&interrupts)
  }

  /// Whether there is room for more vCPUs, which is taken then.
  func take(vcpus count: Int) -> Bool { Self.take(count, from: &vcpus) }

  /// Whether there is room for another interrupt, which is taken then.
  func takeInterrupt() -> Bool { Self.take(1, from: &interrupts) }

  private static func take(_ count: Int, from room: inout Int) -> Bool {
    guard count <= room else { return false }
    room -= count
    return true
  }
}
