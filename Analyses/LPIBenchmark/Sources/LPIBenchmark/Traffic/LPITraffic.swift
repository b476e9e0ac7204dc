import LPIWorkloads

/// What a controller did with LPIs, in order.
public struct LPITraffic: Sendable {
  /// How reports call it.
  public var name: String
  /// In order.
  public var operations: [LPIOperation]
  /// PEs that take part.
  public var peCount: Int
  /// INTID bits that hold every LPI.
  public var intidBits: Int

  /// Traffic of operations.
  public init(name: String, operations: [LPIOperation]) {
    self.name = name
    self.operations = operations
    peCount = Int(operations.map { max($0.pe, $0.target) }.max() ?? 0) + 1
    let last = operations.map(\.intid).max() ?? 8192
    intidBits = min(24, max(14, 32 - last.leadingZeroBitCount))
  }

  /// Number of LPIs that occur.
  public var lpiCount: Int { Set(operations.lazy.filter { $0.intid >= 8192 }.map(\.intid)).count }
}
