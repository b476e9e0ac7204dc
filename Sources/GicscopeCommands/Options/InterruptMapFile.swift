import Glibc
import InterruptTrace
import TraceImporters

/// A file, or the folder `/sys/kernel/irq`, that says which INTID a kernel's interrupt numbers stand for: for `--irq-map`.
enum InterruptMapFile {
  private static let limit = 16 << 20

  /// Reads it.
  static func read(_ path: String) throws -> InterruptMap {
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    let text = isFolder ? folder(path) : try content(path)
    guard let map = InterruptMap(text: text) else {
      throw UsageError(
        message:
          "--irq-map \(path): no interrupt numbers in it; give /proc/interrupts, files of /sys/kernel/debug/irq/irqs "
          + "or /sys/kernel/irq, or lines of IRQ INTID")
    }
    return map
  }

  private static func content(_ path: String) throws -> String {
    guard let file = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "r") else {
      throw UsageError(message: "--irq-map \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 {
      bytes += piece[..<count]
      guard bytes.count < limit else { throw UsageError(message: "--irq-map \(path): longer than \(limit >> 20) MiB") }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The files of `/sys/kernel/irq/N`, each as a line `N/NAME:VALUE`.
  private static func folder(_ path: String) -> String {
    guard let directory = opendir(path) else { return "" }
    defer { closedir(directory) }
    var lines = ""
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard UInt32(name) != nil else { continue }
      for file in ["hwirq", "chip_name"] {
        guard let value = try? content("\(path)/\(name)/\(file)") else { continue }
        lines += "irq/\(name)/\(file):\(value.prefix { !$0.isNewline })\n"
      }
    }
    return lines
  }
}
