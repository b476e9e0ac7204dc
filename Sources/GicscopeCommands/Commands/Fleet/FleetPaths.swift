import Foundation
import Glibc
import InterruptTrace

/// Which captures a fleet has.
enum FleetPaths {
  /// What a capture's file in a folder is named: a format, and perhaps a compression.
  private static let formats: Set = ["log", "dat", "pcap", "pcapng"]
  private static let compressions: Set = ["lz4", "zst", "gz", "xz"]

  /// The captures that arguments and a list name, each once, in the order of their bytes.
  ///
  /// - Parameters:
  ///   - arguments: captures, patterns such as `runs/*/host.log`, and folders of captures.
  ///   - list: a file with a capture on each line; `-` is standard input.
  static func find(_ arguments: [String], list: String?) throws -> [String] {
    var paths = Set(try arguments.flatMap(captures))
    if let list { paths.formUnion(try lines(of: list)) }
    if let path = paths.first(where: { $0.contains("\n") }) {
      throw UsageError(message: "\(path.printable): a capture's name may have no line break; rename it")
    }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func captures(_ argument: String) throws -> [String] {
    var status = stat()
    if stat(argument, &status) == 0 {
      return status.st_mode & S_IFMT == S_IFDIR ? folder(argument) : [argument]
    }
    guard argument.contains(where: { "*?[".contains($0) }) else { return [argument] }
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(argument, 0, nil, &found) == 0 else {
      throw UsageError(message: "\(argument): no file has such a name; quote the pattern, or use --paths-from")
    }
    return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }.flatMap { path in
      stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? folder(path) : [path]
    }
  }

  /// The captures in a folder and those below it. A folder that is a CTF trace is one capture.
  private static func folder(_ path: String) -> [String] {
    if access(path + "/metadata", F_OK) == 0 || access(path + "/kernel/metadata", F_OK) == 0 { return [path] }
    let start = path.hasSuffix("/") ? path : path + "/"
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).flatMap { name -> [String] in
      var status = stat()
      guard !name.hasPrefix("."), stat(start + name, &status) == 0 else { return [] }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        // A link to a folder may lead back up.
        var own = stat()
        return lstat(start + name, &own) == 0 && own.st_mode & S_IFMT == S_IFDIR ? folder(start + name) : []
      case S_IFREG: return isNamedAsCapture(name) ? [start + name] : []
      default: return []
      }
    }
  }

  private static func isNamedAsCapture(_ name: String) -> Bool {
    var parts = name.split(separator: ".").dropFirst().map(String.init)
    if let last = parts.last, compressions.contains(last) { parts.removeLast() }
    return parts.last.map(formats.contains) ?? false
  }

  private static func lines(of list: String) throws -> [String] {
    do {
      let bytes =
        list == "-" ? FileHandle.standardInput.readDataToEndOfFile() : try Data(contentsOf: URL(fileURLWithPath: list))
      return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    } catch {
      throw TraceError.unreadable(path: list, reason: error.localizedDescription)
    }
  }
}
