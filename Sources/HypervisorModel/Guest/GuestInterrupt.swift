/// One interrupt of a guest, as the hypervisor keeps it.
struct GuestInterrupt {
  /// State and configuration.
  var queued: QueuedInterrupt
  /// The vCPU on whose list it is; -1 if on none.
  var owner: Int32 = -1
  /// Where it is to go: of an SPI its target.
  var target: Int32
  /// Number of the guest's last change of configuration that is taken into account.
  var configuration: UInt32 = 0
  /// When it became pending.
  var pendingSince: UInt64 = 0
  /// The list register that it was put into at its vCPU's last entry; -1 if none.
  var register: Int8 = -1
  /// By which rule its state is what it is.
  var rule = InferenceRule.shown
  /// The Distributor forwards its group.
  var isForwarded = true
  /// Its list register held it pending after its vCPU's last run: it is not active, and pending if its line was high.
  var isLineSampled = false
  /// Which of this the capture shows.
  var known: GuestKnowledge = []
  /// The vCPUs below 64 that an interrupt without a known target is not pending for.
  var notOn: UInt64 = 0
  /// Number of the event that raised it last.
  var raisedAt: UInt64 = 0
  /// Number of the entry for which it may have been raised too late.
  var lateAt = UInt64.max

  /// What `vgic_target_oracle` says: the vCPU on whose list it has to be, or -1.
  var wanted: Int32 {
    if queued.isActive { return owner >= 0 ? owner : target }
    return queued.traits.contains(.enabled) && queued.isPending && isForwarded ? target : -1
  }
}

extension GuestInterrupt {
  /// Bits of its list register that the capture does not show.
  func unknownBits(_ format: ListRegisterFormat) -> UInt64 {
    var bits: UInt64 = 0
    if !known.contains(.priority) { bits |= format == .gich ? 0x1F << 23 : 0xFF << 48 }
    if !known.contains(.group) { bits |= ListRegisterValue.group1Bit(format) }
    // A level-sensitive one asks for a maintenance interrupt at its end.
    if !known.contains(.trigger) { bits |= ListRegisterValue.endBit(format) }
    return bits
  }
}
