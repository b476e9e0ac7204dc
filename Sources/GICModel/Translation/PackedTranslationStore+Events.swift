import InterruptTrace
import LPIStore

extension PackedTranslationStore {
  @inline(__always) func lookup(_ at: DeviceEvent) -> TranslationEntry { lookup(at.device, at.event) }
  func doorbell(_ at: DeviceEvent) -> UInt32? { doorbell(at.device, at.event) }
  @discardableResult mutating func map(_ at: DeviceEvent, _ entry: TranslationEntry, doorbell: UInt32? = nil) -> Bool {
    map(at.device, at.event, entry, doorbell: doorbell)
  }

  /// Writes what it holds, or reads it into an empty one.
  mutating func archive(_ archive: inout StateArchive) {
    var devices: [(device: UInt32, bits: Int, flags: UInt8)] = []
    forEachDevice { number, bits in
      devices.append((number, bits, device(number)?.userFlags ?? 0))
      return true
    }
    archive.array(&devices)
    for (device, bits, flags) in devices {
      var events: [(event: UInt32, entry: TranslationEntry, doorbell: UInt32?)] = []
      if archive.isReading {
        mapDevice(device, eventBits: bits, userFlags: flags)
      } else {
        events = self.events(of: device)
      }
      archive.array(&events)
      guard archive.isReading else { continue }
      for (event, entry, doorbell) in events { map(device, event, entry, doorbell: doorbell) }
    }
  }

  private func events(of device: UInt32) -> [(event: UInt32, entry: TranslationEntry, doorbell: UInt32?)] {
    var events: [(event: UInt32, entry: TranslationEntry, doorbell: UInt32?)] = []
    forEachEvent(device) { event, entry in
      events.append((event, entry, entry.hasDoorbell ? doorbell(device, event) : nil))
      return true
    }
    return events
  }

  /// Entries are taken to be as they were until one is shown.
  mutating func forget() {
    var devices: [(device: UInt32, bits: Int)] = []
    forEachDevice { device, bits in
      devices.append((device, bits))
      return true
    }
    for (device, bits) in devices {
      remap(device: device, bits: bits, knowledge: DeviceKnowledge.guessed) { $0.isKnown = false }
    }
  }

  /// Gives a device another table size or says what is known of it; its entries stay, changed by `body`.
  mutating func remap(device: UInt32, bits: Int, knowledge: UInt8, _ body: (inout TranslationEntry) -> Void = { _ in })
  {
    let kept = events(of: device)
    mapDevice(device, eventBits: bits, userFlags: knowledge)
    for (event, entry, doorbell) in kept {
      var changed = entry
      body(&changed)
      map(device, event, changed, doorbell: doorbell)
    }
  }
}
