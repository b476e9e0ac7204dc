/// Interrupt groups as the CPU interface sees them (IHI 0069H, 4.6).
@frozen public enum InterruptGroup: UInt8, Sendable {
  /// Group 0.
  case group0 = 0
  /// Secure Group 1.
  case group1Secure = 1
  /// Non-secure Group 1.
  case group1NonSecure = 2
}
