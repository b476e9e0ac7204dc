import Foundation
import Glibc
import Reports

extension ReportOrigin {
  /// That of this process, which read `paths`.
  static func ofProcess(reading paths: [String]) -> ReportOrigin {
    let program = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "gicscope"
    return ReportOrigin(
      arguments: [program] + CommandLine.arguments.dropFirst(),
      files: paths.map { path in
        path == "-"
          ? File(path: path, sha256: nil, modified: nil)
          : File(path: path, sha256: FileDigest.sha256(path), modified: modified(path))
      })
  }

  private static func modified(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Date(timeIntervalSince1970: TimeInterval(status.st_mtim.tv_sec)).ISO8601Format()
  }
}
