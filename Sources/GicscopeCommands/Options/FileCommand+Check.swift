import Glibc
import InterruptTrace
import Reports
import TraceImporters

extension FileCommand {
  /// Refuses what would harm a file, before any work begins.
  func checkFiles() throws {
    guard inputs.count(where: { $0 == "-" }) < 2 else {
      throw UsageError(message: "standard input (-) can be one input only; name a file for the others")
    }
    let read = Set(inputs.flatMap(FileIdentity.inputs))
    if let output = FileIdentity(descriptor: STDOUT_FILENO), read.contains(output) {
      throw UsageError(message: "standard output is redirected to the capture itself; choose another file")
    }
    var written: [FileIdentity: NamedOutput] = [:]
    var onStandardOutput: NamedOutput?
    for output in outputs {
      if output.path == "-" {
        try output.checkStandardOutput(after: onStandardOutput)
        onStandardOutput = output
        continue
      }
      guard let identity = FileIdentity(output.path) else {
        throw OutputError(path: output.path, reason: String(cString: strerror(errno)))
      }
      if read.contains(identity) {
        throw output.refused("it is the capture itself, or another input; choose another name")
      }
      if let other = written.updateValue(output, forKey: identity) {
        throw output.refused("\(other.option) writes the same file; choose another name")
      }
      for (descriptor, stream) in [(STDOUT_FILENO, "output"), (STDERR_FILENO, "error")]
      where FileIdentity(descriptor: descriptor) == identity {
        throw output.refused("standard \(stream) is redirected to the same file; choose another name")
      }
      try output.checkPlace()
    }
  }
}

extension NamedOutput {
  fileprivate func refused(_ reason: String) -> UsageError { UsageError(message: "\(option) \(path): \(reason)") }

  fileprivate func checkStandardOutput(after other: NamedOutput?) throws {
    guard mayBeStandardOutput else { throw refused("it cannot be written to standard output; name a file") }
    if let other { throw refused("\(other.option) goes to standard output already; name a file") }
  }

  /// What is there now may be replaced, or a file can be made there.
  fileprivate func checkPlace() throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if path.isEmpty || path.hasSuffix("/") { throw refused("that is no name of a file") }
      guard access(FileIdentity.folder(of: path), W_OK | X_OK) == 0 else { throw unwritable }
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: try checkReplacing(size: Int(status.st_size))
    case S_IFIFO where content != .database: break
    case S_IFDIR: throw refused("it is a folder; name a file")
    case S_IFBLK, S_IFCHR: throw refused("it is a device; name a file")
    default: throw refused("it is no regular file; choose another name")
    }
  }

  private var unwritable: OutputError { OutputError(path: path, reason: String(cString: strerror(errno))) }

  private func checkReplacing(size: Int) throws {
    guard access(path, W_OK) == 0 else { throw unwritable }
    guard size > 0 else { return }
    switch content {
    case .database:
      if !mayReplaceDatabase(path) {
        throw refused("it exists and is not a gicscope database; remove it, or choose another name")
      }
    case .report, .capture:
      guard let format = try? openTrace(paths: [path]).format else { return }
      if content == .capture, format.name == "native" { return }
      throw refused("it is a capture (\(format.name)), which is never overwritten; choose another name")
    }
  }
}
