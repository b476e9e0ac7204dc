import Foundation

/// Runs the gicscope that was built beside the tests.
public enum BuiltProgram {
  /// What it did.
  public struct Result {
    /// The exit code.
    public var status: Int32
    /// Standard output.
    public var output: String
    /// Standard error.
    public var errors: String
  }

  /// A boot in a few lines, one timer interrupt, one spurious acknowledge.
  public static let log = """
    10680@1795335152.000100:gicv3_dist_read GICv3 distributor read: offset 0x4 data 0x37a0007 size 4 secure 0
    10680@1795335152.000200:gicv3_dist_write GICv3 distributor write: offset 0x0 data 0x12 size 4 secure 0
    10680@1795335152.000300:gicv3_redist_write GICv3 redistributor 0x0 write: offset 0x10080 data 0xffffffff size 4 secure 0
    10680@1795335152.000400:gicv3_redist_write GICv3 redistributor 0x0 write: offset 0x10418 data 0xa0a0a0a0 size 4 secure 0
    10680@1795335152.000500:gicv3_redist_write GICv3 redistributor 0x0 write: offset 0x10100 data 0x800ffff size 4 secure 0
    10680@1795335152.000600:gicv3_icc_pmr_write GICv3 ICC_PMR write cpu 0x0 value 0xf0
    10680@1795335152.000700:gicv3_icc_igrpen_write GICv3 ICC_IGRPEN1 write cpu 0x0 value 0x1
    10680@1795335152.000800:gicv3_redist_set_irq GICv3 redistributor 0x0 interrupt 27 level changed to 1
    10680@1795335152.000810:gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b
    10680@1795335152.000820:gicv3_redist_set_irq GICv3 redistributor 0x0 interrupt 27 level changed to 0
    10680@1795335152.000850:gicv3_icc_eoir_write GICv3 ICC_EOIR1 write cpu 0x0 value 0x1b
    10680@1795335152.000900:gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x3ff

    """

  /// The directory of the test bundle holds the products of the package.
  public static var path: String { program.path }

  private static var program: URL {
    for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
      return bundle.bundleURL.deletingLastPathComponent().appendingPathComponent("gicscope")
    }
    let bundle = URL(
      fileURLWithPath: CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0])
    return bundle.deletingLastPathComponent().appendingPathComponent("gicscope")
  }

  /// Runs it, or a copy of it, with `input` on standard input.
  public static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], copy: URL? = nil
  ) throws -> Result {
    let (process, output, errors, stdin) = (Process(), Pipe(), Pipe(), Pipe())
    process.executableURL = copy ?? program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = stdin
    try process.run()
    stdin.fileHandleForWriting.write(Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let remarks = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Result(status: process.terminationStatus, output: text, errors: remarks)
  }

  /// Runs it with a file of the given content; `FILE` in the arguments stands for its path.
  public static func run(_ arguments: [String], file content: Data, named name: String = "capture.log") throws -> Result
  {
    try withDirectory { directory in
      let file = directory.appendingPathComponent(name)
      try content.write(to: file)
      return try run(arguments.map { $0.replacingOccurrences(of: "FILE", with: file.path) })
    }
  }

  /// Gives a directory that is removed afterwards.
  public static func withDirectory<T>(_ body: (URL) throws -> T) throws -> T {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("gicscope-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
  }

  /// Runs it on ``log``.
  public static func run(onLog arguments: [String]) throws -> Result { try run(arguments, file: Data(log.utf8)) }
}

/// A JSON document.
public func object(_ text: String) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}
