/// The model's own flags in an LPI's record.
enum LPIFlags {
  /// The configuration was confirmed by the capture since the controller last had reason to read it again.
  static var confirmed: UInt8 { 1 << 0 }
}
