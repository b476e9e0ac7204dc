import Glibc

/// The files of a host: its own `/proc` and `/sys`, or copies of them under another folder.
public protocol HostFiles {
  /// The content of a file; nil if it is not there or cannot be read.
  func bytes(_ path: String) -> [UInt8]?
  /// The names in a folder, sorted; none if it is not there.
  func names(in folder: String) -> [String]
  /// Where a symbolic link leads, or nil.
  func target(ofLink path: String) -> String?
  /// Writes `text` to a file as one write: at its end, or over what it holds.
  ///
  /// - Throws: ``HostFileError`` with the reason that the operating system gives.
  func write(_ text: String, to path: String, appending: Bool) throws(HostFileError)
}

extension HostFiles {
  /// The content of a file as text.
  public func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }
}

/// A file of the host cannot be written.
public struct HostFileError: Error, Equatable, Sendable {
  /// The file's name on the host.
  public var path: String
  /// The operating system's number for the reason.
  public var number: Int32
  /// The reason in words.
  public var reason: String { String(cString: strerror(number)) }

  /// An error with every field given.
  public init(path: String, number: Int32) {
    self.path = path
    self.number = number
  }
}

/// The files under a folder: `/` is the running host.
public struct RootedFiles: HostFiles, Sendable {
  /// The folder, without a slash at its end; empty for `/`.
  public let root: String

  /// The most that is read of a file; kallsyms has 20 MB on large kernels.
  private static let limit = 256 << 20

  /// The files under `root`.
  public init(root: String) {
    var root = root[...]
    while root.hasSuffix("/") { root.removeLast() }
    self.root = String(root)
  }

  /// Where a file of the host is here.
  public func place(_ path: String) -> String { root + path }

  /// The content of a file; nil if it is not there, cannot be read, or is longer than any file that is read here.
  public func bytes(_ path: String) -> [UInt8]? {
    let descriptor = open(place(path), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Files of /proc and /sys say that they have no bytes.
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, content.count + count <= Self.limit else { return nil }
      if count == 0 { return content }
      content += piece[..<count]
    }
  }

  /// The names in a folder, sorted.
  public func names(in folder: String) -> [String] {
    guard let directory = opendir(place(folder)) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Where a symbolic link leads, or nil.
  public func target(ofLink path: String) -> String? {
    var target = [UInt8](repeating: 0, count: 4096)
    let count = target.withUnsafeMutableBytes {
      readlink(place(path), $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: target[..<count], as: UTF8.self) : nil
  }

  /// Writes text as one write, which is how the kernel takes commands.
  public func write(_ text: String, to path: String, appending: Bool) throws(HostFileError) {
    let descriptor = open(place(path), O_WRONLY | O_CLOEXEC | (appending ? O_APPEND : O_TRUNC))
    guard descriptor >= 0 else { throw HostFileError(path: path, number: errno) }
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    let number = count == bytes.count ? 0 : count < 0 ? errno : EIO
    close(descriptor)
    if number != 0 { throw HostFileError(path: path, number: number) }
  }
}
