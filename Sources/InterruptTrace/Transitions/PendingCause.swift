/// Why an interrupt became pending, or stopped being pending.
@frozen public enum PendingCause: UInt8, Sendable {
  /// An input line changed.
  case line
  /// `GICD_ISPENDR`, `GICR_ISPENDR0`, `GICD_SETSPI_*` or their clearing counterparts.
  case register
  /// A software-generated interrupt.
  case sgi
  /// An MSI through an ITS.
  case msi
  /// An ITS command: INT, CLEAR, DISCARD, MOVI, MOVALL.
  case command
  /// `GICR_SETLPIR`, `GICR_CLRLPIR`.
  case directLPI
  /// The LPI pending table in memory.
  case pendingTable
  /// The capture showed it, nothing explains it.
  case observed
  /// Reset, or EnableLPIs cleared.
  case reset
  /// A doorbell of a vPE that is not resident.
  case doorbell
  /// A maintenance interrupt condition.
  case maintenance
}
