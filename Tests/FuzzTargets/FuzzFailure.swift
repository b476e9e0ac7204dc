/// Something does not hold that must hold for any input.
public struct FuzzFailure: Error, CustomStringConvertible {
  /// What, and where.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Fails unless `holds`.
func require(_ holds: @autoclosure () throws -> Bool, _ what: @autoclosure () -> String) throws {
  if try !holds() { throw FuzzFailure(what()) }
}
