import Foundation
import Glibc
import HostRecorder

/// Excerpts of real hosts' files under Traces/hosts, and what a test changes in them.
struct HostFixture: HostFiles, Sendable {
  static let linux61 = HostFixture("linux61")
  static let linux612 = HostFixture("linux612")

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/hosts").standardized

  let folder: URL
  private let files: RootedFiles
  private var changed: [String: String] = [:]

  init(_ name: String) {
    folder = Self.folder.appending(path: name)
    files = RootedFiles(root: folder.path)
  }

  /// The host without these functions.
  func without(_ functions: String...) -> HostFixture {
    changing(["/sys/kernel/tracing/available_filter_functions", "/proc/kallsyms"]) { line in
      !functions.contains { line.split(separator: " ").contains(Substring($0)) }
    }
  }

  /// The host whose kernel takes no probe on a function.
  func refusing(_ function: String) -> HostFixture {
    let path = "/sys/kernel/debug/kprobes/blacklist"
    return with(path, (text(path) ?? "") + "\n0x10-0x20\t\(function)\n")
  }

  /// The host without these tracepoints.
  func without(tracepoints: String...) -> HostFixture {
    changing(["/sys/kernel/tracing/available_events"]) { !tracepoints.contains($0) }
  }

  /// The host with another file.
  func with(_ path: String, _ text: String) -> HostFixture {
    var copy = self
    copy.changed[path] = text
    return copy
  }

  /// The host with these names instead of functions' own.
  func renaming(_ names: [String: String]) -> HostFixture {
    var copy = self
    for path in ["/sys/kernel/tracing/available_filter_functions", "/proc/kallsyms"] {
      let lines = (text(path) ?? "").split(separator: "\n").map { line in
        line.split(separator: " ").map { names[String($0)] ?? String($0) }.joined(separator: " ")
      }
      copy.changed[path] = lines.joined(separator: "\n")
    }
    return copy
  }

  private func changing(_ paths: [String], keeping isKept: (String) -> Bool) -> HostFixture {
    var copy = self
    for path in paths {
      let lines = (text(path) ?? "").split(separator: "\n").map(String.init).filter(isKept)
      copy.changed[path] = lines.joined(separator: "\n")
    }
    return copy
  }

  func bytes(_ path: String) -> [UInt8]? { changed[path].map { Array($0.utf8) } ?? files.bytes(path) }
  func names(in folder: String) -> [String] { files.names(in: folder) }
  func target(ofLink path: String) -> String? { files.target(ofLink: path) }
  func write(_ text: String, to path: String, appending: Bool) throws(HostFileError) {
    throw HostFileError(path: path, number: EACCES)
  }

  var types: BTF {
    get throws { try BTF(bytes("/sys/kernel/btf/vmlinux") ?? []) }
  }
  var plan: ProbePlan { ProbePlan(HostKernel(self)) }
}
