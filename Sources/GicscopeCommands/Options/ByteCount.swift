import ArgumentParser

/// A number of bytes as a user writes it: `96M`, `1G`, `1048576`.
struct ByteCount: ExpressibleByArgument {
  var bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let factor = argument.last.flatMap { units[Character($0.uppercased())] }
    guard let number = Int(factor == nil ? argument[...] : argument.dropLast()), number > 0 else { return nil }
    let (bytes, isHuge) = number.multipliedReportingOverflow(by: factor ?? 1)
    guard !isHuge, bytes >= 1 << 20 else { return nil }
    self.bytes = bytes
  }

  var defaultValueDescription: String { "\(bytes >> 20)M" }
}
