/// What each device contributes to the misses of its ITS's event cache.
struct ITSDeviceCounters: ~Copyable {
  /// Devices with figures of their own are limited, so that memory does not grow with what a capture claims.
  static var limit: Int { 4096 }
  /// Cache sizes 1, 2, 4, … 2^(sizes - 1).
  private static var sizes: Int { 21 }

  private var numbers = LiveTable<Int32>(-1, limit: ITSDeviceCounters.limit)
  private var devices: [UInt32] = []
  /// For each device: MSIs, references, those without a distance, then distances by their logarithm, rounded up.
  private var counts: [UInt64] = []
  private static var width: Int { 3 + sizes }

  private mutating func row(_ device: UInt32) -> Int? {
    guard let place = numbers.insertIfRoom(UInt64(device)) else { return nil }
    if place.pointee < 0 {
      place.pointee = Int32(devices.count)
      devices.append(device)
      counts.append(contentsOf: repeatElement(0, count: Self.width))
    }
    return Int(place.pointee) * Self.width
  }

  mutating func msi(_ device: UInt32) {
    if let row = row(device) { counts[row] += 1 }
  }

  /// `distance` as ``StackDistance`` has it.
  mutating func reference(_ device: UInt32, distance: Int) {
    guard let row = row(device) else { return }
    counts[row + 1] += 1
    let size = distance <= 1 ? 0 : Int.bitWidth - (distance - 1).leadingZeroBitCount
    if distance == 0 { counts[row + 2] += 1 } else if size < Self.sizes { counts[row + 3 + size] += 1 }
  }

  /// The devices, the one with most MSIs first.
  var rows: [ITSCaches.Device] {
    devices.indices.map { n in
      let row = counts[n * Self.width..<(n + 1) * Self.width]
      let base = row.startIndex
      var device = ITSCaches.Device(device: devices[n], msis: row[base], references: row[base + 1])
      device.compulsory = row[base + 2]
      var misses = row[base + 1]
      for size in 0..<Self.sizes {
        misses -= row[base + 3 + size]
        device.misses.append(misses)
      }
      return device
    }.sorted { ($1.msis, $0.device) < ($0.msis, $1.device) }
  }
}
