import InterruptTrace

/// What follows from a list register that the hypervisor took back after the guest ran.
@frozen public struct FoldEffects: OptionSet, BitwiseCopyable, Hashable, Sendable {
  /// The bits.
  public var rawValue: UInt8
  /// Any combination.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The interrupt was active and no longer is.
  @inlinable public static var deactivated: Self { .init(rawValue: 1 << 0) }
  /// The guest ended a level-sensitive SPI: whoever drives its line is told (`kvm_ack_irq`, resamplefd).
  @inlinable public static var notifiesEnd: Self { .init(rawValue: 1 << 1) }
  /// The physical interrupt's line was sampled.
  @inlinable public static var sampledLine: Self { .init(rawValue: 1 << 2) }
  /// The physical interrupt's active state was cleared, so that it can fire again.
  @inlinable public static var clearedPhysicalActive: Self { .init(rawValue: 1 << 3) }
}

extension QueuedInterrupt {
  /// Takes back what list register `value`, which held this interrupt, says after the guest ran.
  ///
  /// - Parameters:
  ///   - physicalLine: the level of the physical interrupt's line, which is looked at only for a mapped level interrupt.
  ///   - policy: from Linux 6.19 on an LPI's active state is always dropped.
  public mutating func fold(
    _ value: ListRegisterValue, hasGICv2Guest: Bool, policy: ListRegisterPolicy, physicalLine: Bool
  ) -> FoldEffects {
    var effects: FoldEffects = []
    let isSourced = hasGICv2Guest && isSGI
    if value.signalsEnd && INTID.isSPI(intid) { effects.insert(.notifiesEnd) }
    let isDeactivated = isActive && !value.isActive
    if isDeactivated { effects.insert(.deactivated) }
    isActive = value.isActive && !(policy == .kvmOverflow && INTID.isLPI(intid))
    if isActive && isSourced { activeSource = value.source }
    if !traits.contains(.level) {
      if value.isPending {
        traits.insert(.latched)
        if isSourced { sources |= 1 << value.source }
      }
    } else if !value.isValid {
      traits.remove(.latched)
    }
    resample(value, isDeactivated, physicalLine, &effects)
    return effects
  }

  private mutating func resample(
    _ value: ListRegisterValue, _ isDeactivated: Bool, _ physicalLine: Bool, _ effects: inout FoldEffects
  ) {
    guard isMappedLevel else { return }
    if traits.contains(.softwareResampled) {
      if !isActive && !traits.contains(.latched) { effects.insert(.clearedPhysicalActive) }
    } else if value.isPending || (isDeactivated && traits.contains(.line)) {
      effects.insert(.sampledLine)
      if physicalLine {
        traits.insert(.line)
      } else {
        traits.remove(.line)
        effects.insert(.clearedPhysicalActive)
      }
    }
  }
}
