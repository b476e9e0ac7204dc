import Foundation
import Glibc
import InterruptTrace
import Reports

/// Where a fleet's rows go when they are kept: `--out DIR`.
///
/// `DIR/latency.jsonl` and the like hold the rows, `DIR/columns.json` their types, and `DIR/journal` a line for each
/// capture whose rows are there: where each file ends after them, the capture's size and time, its name.
///
/// Rows are written first, then the line; what lies beyond the last line is cut off when the work is taken up again. So
/// a kill at any moment leaves no half of a row, and no row twice.
final class FleetFolder {
  private let path: String
  private let files: [AppendedFile]
  private let journal: AppendedFile
  private var done: [String: FileStamp] = [:]

  /// Opens a folder, or makes it, and continues from what it holds.
  init(_ path: String, _ tables: FleetTables) throws {
    self.path = path
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    journal = try AppendedFile(path + "/journal")
    guard flock(journal.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw UsageError(message: "--out \(path): another gicscope fleet writes there; wait for its end")
    }
    let names = tables.kinds.map { path + "/\($0.rawValue).jsonl" }
    let lines = try journal.lines()
    try Self.begin(path, journal, lines, names: names)
    try Self.checkColumns(path + "/columns.json", tables, isNew: lines.count < 2)
    files = try names.map(AppendedFile.init)
    try takeUp(Array(lines.dropFirst()))
  }

  /// The journal's first line.
  private static let title = "gicscope fleet journal 1\n"

  /// Sees to it that the folder is one of gicscope's, or can become one.
  private static func begin(_ path: String, _ journal: AppendedFile, _ lines: [String], names: [String]) throws {
    guard journal.agrees(with: title) else {
      throw UsageError(message: "--out \(path): its journal is not gicscope's; choose another folder")
    }
    guard lines.isEmpty else { return }
    for name in names + [path + "/columns.json"] where access(name, F_OK) == 0 {
      throw UsageError(message: "--out \(path): \(name) exists without a journal; choose another folder")
    }
    try journal.cut(to: 0)
    try journal.append(Array(title.utf8))
  }

  /// Writes the types of the columns, or compares them with those of the rows that are there.
  private static func checkColumns(_ path: String, _ tables: FleetTables, isNew: Bool) throws {
    let columns = tables.columns.jsonText
    if let bytes = FileManager.default.contents(atPath: path) {
      guard String(decoding: bytes, as: UTF8.self) == columns else {
        throw UsageError(message: "\(path): it is of other rows, labels or another gicscope; choose another folder")
      }
      return
    }
    guard isNew else {
      throw TraceError.unreadable(path: path, reason: "it belongs to the journal beside it; choose another folder")
    }
    try OutputFile.write(columns, to: path)
  }

  /// Keeps what the last line says whose rows are all there.
  private func takeUp(_ lines: [String]) throws {
    let read = lines.map { JournalLine($0, files: files.count) }
    let whole = read.prefix { line in
      line.map { zip($0.ends, files).allSatisfy { $0 <= $1.end } } ?? false
    }.compactMap { $0 }
    for line in whole { done[line.capture] = line.stamp }
    for (i, file) in files.enumerated() { try file.cut(to: whole.last?.ends[i] ?? 0) }
    let kept = lines.prefix(whole.count).reduce(Self.title.utf8.count) { $0 + $1.utf8.count + 1 }
    try journal.cut(to: kept)
  }

  /// Whether a capture's rows are there. A capture that has changed since is an error.
  func has(_ capture: String) throws -> Bool {
    guard let stamp = done[capture] else { return false }
    guard FileStamp(capture) == stamp else {
      throw UsageError(
        message: "\(capture.printable): it has changed since its rows were written to \(path); choose another folder")
    }
    return true
  }

  /// Appends the rows of a capture.
  func append(_ capture: String, _ lines: [[UInt8]]) throws {
    for (file, bytes) in zip(files, lines) { try file.append(bytes) }
    let line = JournalLine(ends: files.map(\.end), stamp: FileStamp(capture), capture: capture)
    try journal.append(Array(line.text.utf8))
  }
}

/// What shows that a file is still the one that it was.
struct FileStamp: Equatable {
  var size = 0
  var modified = 0

  init(size: Int, modified: Int) { (self.size, self.modified) = (size, modified) }

  /// The stamp of a file; of one that is not there, zeros.
  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    size = Int(status.st_size)
    modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
  }
}

/// A line of the journal: `END… SIZE TIME CAPTURE`.
private struct JournalLine {
  var ends: [Int]
  var stamp: FileStamp
  var capture: String

  init(ends: [Int], stamp: FileStamp, capture: String) {
    (self.ends, self.stamp, self.capture) = (ends, stamp, capture)
  }

  init?(_ line: String, files: Int) {
    let parts = line.split(separator: " ", maxSplits: files + 2, omittingEmptySubsequences: false)
    guard parts.count == files + 3 else { return nil }
    let numbers = parts.dropLast().compactMap { Int($0) }
    guard numbers.count == files + 2 else { return nil }
    self.init(
      ends: Array(numbers[..<files]), stamp: FileStamp(size: numbers[files], modified: numbers[files + 1]),
      capture: String(parts[files + 2]))
  }

  var text: String {
    (ends + [stamp.size, stamp.modified]).map(String.init).joined(separator: " ") + " \(capture)\n"
  }
}

/// A file that only grows.
private final class AppendedFile {
  private let path: String
  let descriptor: Int32
  /// Its length.
  private(set) var end: Int

  init(_ path: String) throws(OutputError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw OutputError(path: path, reason: String(cString: strerror(errno))) }
    end = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// Its whole lines.
  func lines() throws -> [String] {
    guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// Whether it begins with a text, or is the text's beginning.
  func agrees(with text: String) -> Bool {
    zip(FileManager.default.contents(atPath: path) ?? Data(), text.utf8).allSatisfy(==)
  }

  func append(_ bytes: [UInt8]) throws(OutputError) {
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw OutputError(path: path, reason: String(cString: strerror(errno)))
      }
      at += count
    }
    end += bytes.count
  }

  func cut(to length: Int) throws(OutputError) {
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      throw OutputError(path: path, reason: String(cString: strerror(errno)))
    }
    end = Int(lseek(descriptor, 0, SEEK_END))
  }
}
