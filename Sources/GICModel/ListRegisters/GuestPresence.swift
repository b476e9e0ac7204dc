import InterruptTrace

/// Whether a PE's guest runs or its hypervisor, and what the hypervisor has saved: the guest's registers are used by the guest,
/// the hypervisor's by the hypervisor, which may never clear `ICH_HCR_EL2.En` or `GICH_HCR.En`.
struct GuestPresence {
  /// The guest has shown that it runs, and the hypervisor has used its registers no more since.
  private(set) var runs = false
  /// List registers that the hypervisor has read since the guest last ran, a bit each.
  private var saved: UInt64 = 0

  /// One of the two did something. Whether it was the guest, though no event shows that it ran; `control` is
  /// `ICH_HCR_EL2` or `GICH_HCR`.
  @inline(__always) mutating func note(isGuest: Bool, control: UInt32) -> Bool {
    guard isGuest != runs, !isGuest || control & HypervisorControl.enable != 0 else { return false }
    runs = isGuest
    if isGuest { saved = 0 }
    return isGuest
  }

  /// What an exception entry or return says: EL2 is the hypervisor's, and from there it goes to its guest. Nil for nothing.
  static func exception(_ event: Event) -> Bool? {
    let to = event.a >> 12 & 0xF
    if to == 2 { return false }
    return event.kind == .exceptionReturn && event.a >> 8 & 0xF == 2 && to < 2 ? true : nil
  }

  @inline(__always) mutating func noteRead(of list: Int) { saved |= 1 &<< UInt64(list) }
  @inline(__always) mutating func noteWrite(of list: Int) { saved &= ~(1 &<< UInt64(list)) }
  @inline(__always) func hasSaved(_ list: Int) -> Bool { saved &>> UInt64(list) & 1 != 0 }

  /// Whether a write of `ICH_VMCR_EL2` or `GICH_VMCR` gives the PE to a vCPU: its interface was another's, or the same one's
  /// that comes back, and all valid list registers have been read.
  func loadsVCPU(control: UInt32, valid: UInt64) -> Bool {
    (control & HypervisorControl.enable != 0 || valid != 0) && valid & ~saved == 0
  }
}
