import Foundation
import Glibc
import TraceImporters

/// What makes two names the same file: its device and inode, or where it will be once it is made.
struct FileIdentity: Hashable {
  private var device: UInt64
  private var inode: UInt64
  /// For a file that is not there yet: its name in the folder that the rest names.
  private var name: String?

  /// The identity of a file, followed through symbolic links; nil if not even its folder is there.
  init?(_ path: String) {
    var status = stat()
    if stat(path, &status) == 0 {
      self.init(status)
    } else {
      let folder = Self.folder(of: path)
      guard stat(folder, &status) == 0 else { return nil }
      self.init(status)
      name = path.split(separator: "/").last.map(String.init) ?? ""
    }
  }

  /// The identity of an open file, if it is a regular one: pipes and terminals are harmed by nothing.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

  /// The folder that a name is in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// What a command reads under a name: the file, or for a folder the files in it that can be part of a capture or of a
  /// recording.
  static func inputs(_ path: String) -> [FileIdentity] {
    if path == "-" { return FileIdentity(descriptor: STDIN_FILENO).map { [$0] } ?? [] }
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [FileIdentity(status)] }
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
    // Every file of a CTF trace, whose streams have any name; of a folder of logs, the logs.
    let isCTF = names.contains { $0 == "metadata" || $0.hasSuffix("/metadata") }
    let isRecording = names.contains(RecordingFolder.descriptionName)
    return names.filter { isCTF || isRecording || $0.hasSuffix(".log") || $0.contains(".log.") }
      .compactMap { FileIdentity(path + "/" + $0) }
  }
}
