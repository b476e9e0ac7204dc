import Foundation

extension BuiltProgram {
  /// Runs it with a terminal of so many columns for standard output and standard error, and gives what it shows there, with
  /// escape sequences, lines ended by a newline alone.
  public static func run(
    _ arguments: [String], columns: UInt16, environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    // As posix_openpt, unlockpt and ptsname, which Swift's Glibc module does not have: TIOCSPTLCK and TIOCGPTN.
    let primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (isLocked, number): (Int32, UInt32) = (0, 0)
    precondition(ioctl(primary, 0x4004_5431, &isLocked) == 0 && ioctl(primary, 0x8004_5430, &number) == 0)
    let secondary = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    var size = winsize(ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    precondition(secondary >= 0 && ioctl(secondary, UInt(TIOCSWINSZ), &size) == 0)
    let terminal = FileHandle(fileDescriptor: secondary, closeOnDealloc: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    // Nothing of the tests' own terminal.
    let own = ["COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE"]
    process.environment = ProcessInfo.processInfo.environment.filter { !own.contains($0.key) }
      .merging(["TERM": "xterm", "LANG": "C.UTF-8"]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = terminal
    process.standardError = terminal
    try process.run()
    try terminal.close()
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    // Once nobody has the other end open, reading fails.
    while case let count = read(primary, &piece, piece.count), count > 0 { output += piece[..<count] }
    close(primary)
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self).replacing("\r\n", with: "\n"))
  }
}
