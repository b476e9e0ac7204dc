/// Numbers events as their records come by.
@frozen public struct EventNumbering {
  /// Of the last event that began.
  @usableFromInline var number: UInt64
  @usableFromInline var next: UInt64

  /// Records that follow the start of a capture, or the event before the one that has the number `firstIndex`.
  public init(firstIndex: UInt64) {
    next = firstIndex
    number = firstIndex == 0 ? 0 : firstIndex - 1
  }

  /// The number of the event that a record begins or continues.
  @inlinable @inline(__always) public mutating func take(_ event: Event) -> UInt64 {
    if event.kind != .continuation {
      number = next
      next &+= 1
    }
    return number
  }
}

extension Event {
  /// The bytes of a marker's text, from the records that continue it: as many as there are, if some are missing.
  @inlinable public func markerText(in records: some Sequence<Event>) -> [UInt8] {
    let length = Int(a >> 16 & 0xFFFF)
    return [UInt8](unsafeUninitializedCapacity: (length + 15) / 16 * 16) { text, count in
      let bytes = UnsafeMutableRawBufferPointer(text)
      var end = 0
      for record in records where record.kind == .continuation {
        guard end < length else { break }
        bytes.storeBytes(of: record.a.littleEndian, toByteOffset: end, as: UInt64.self)
        bytes.storeBytes(of: record.b.littleEndian, toByteOffset: end + 8, as: UInt64.self)
        end += 16
      }
      count = min(end, length)
    }
  }
}

/// Events are counted from 0 at the start of a capture. A continuation record is no event of its own: it has the number of
/// the record that it continues.
extension UnsafeBufferPointer<Event> {
  /// How many events begin among these records. O(records).
  public var eventCount: Int {
    var count = 0
    for event in self { count &+= event.kind == .continuation ? 0 : 1 }
    return count
  }

  /// Where the event begins before which so many others begin; the end, if there are not that many. O(records).
  public func place(ofEvent number: Int) -> Int {
    var left = number
    for place in indices where self[place].kind != .continuation {
      if left == 0 { return place }
      left -= 1
    }
    return count
  }

  /// Where the event that begins at a place ends: behind its continuations.
  public func end(ofEventAt place: Int) -> Int {
    var end = place + 1
    while end < count, self[end].kind == .continuation { end += 1 }
    return end
  }
}
