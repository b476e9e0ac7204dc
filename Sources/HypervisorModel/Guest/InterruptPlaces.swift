import InterruptTrace

/// Where each interrupt of a guest stands among those that are known: of SGIs and PPIs by vCPU.
struct InterruptPlaces {
  private var ofVCPUs: [Int32] = []
  /// Up to the highest SPI that is known.
  private var shared: [Int32] = []
  private var others: [UInt32: Int] = [:]

  /// Writes or reads them.
  mutating func archive(_ archive: inout StateArchive) {
    archive.array(&ofVCPUs)
    archive.array(&shared)
    archive.dictionary(&others)
  }

  /// Nil if it is not known. The vCPU counts below 32.
  subscript(_ intid: UInt32, vcpu vcpu: UInt32) -> Int? {
    @inline(__always) get {
      if intid >= INTID.specials.upperBound { return others[intid] }
      let place: Int32
      if !INTID.isBanked(intid) {
        place = Int(intid) < shared.count ? shared[Int(intid)] : -1
      } else {
        let index = Int(vcpu) * 32 + Int(intid)
        place = index < ofVCPUs.count ? ofVCPUs[index] : -1
      }
      return place >= 0 ? Int(place) : nil
    }
    set {
      let place = newValue.map(Int32.init) ?? -1
      if intid >= INTID.specials.upperBound {
        others[intid] = newValue
      } else if !INTID.isBanked(intid) {
        while shared.count <= Int(intid) { shared.append(-1) }
        shared[Int(intid)] = place
      } else {
        while ofVCPUs.count <= Int(vcpu) * 32 + 31 { ofVCPUs.append(-1) }
        ofVCPUs[Int(vcpu) * 32 + Int(intid)] = place
      }
    }
  }
}
