/// The sixteen virtual SGIs of a vPE (GICv4.1; IHI 0069H, 6.2): configured by VSGI, made pending through `GITS_SGIR`.
struct VirtualSGIs {
  var enabled: UInt32 = 0
  var group1: UInt32 = 0
  var pending: UInt32 = 0
  /// Four bits each: bits 7:4 of the priority.
  var priorities: UInt64 = 0

  func priority(_ n: Int) -> UInt32 { UInt32(truncatingIfNeeded: priorities >> UInt64(n * 4)) << 4 & 0xF0 }
}
