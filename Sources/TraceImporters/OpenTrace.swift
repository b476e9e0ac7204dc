import Glibc
import InterruptTrace

/// How a capture is opened.
public struct ImportOptions: Sendable {
  /// Stop at the first malformed line or record, as `--strict` says.
  public var isStrict = false

  /// The defaults.
  public init() {}

  /// Options with every field given.
  public init(isStrict: Bool) { self.isStrict = isStrict }
}

/// Opens a capture of any known format, recognised by its content; `-` is standard input.
///
/// Several paths are the files of one capture, one per thread of the emulator (`-d tid -D name-%d.log` of QEMU).
///
/// - Throws: ``TraceError/unreadable(path:reason:)``, ``TraceError/unrecognised(path:reason:)``,
///   ``TraceError/tooNew(path:version:)``.
public func openTrace(paths: [String], options: ImportOptions = ImportOptions()) throws(TraceError) -> any EventSource {
  guard let path = paths.first else { throw .unreadable(path: "", reason: "no capture was named") }
  if isFolder(path) {
    guard access(path + "/metadata", F_OK) == 0 || access(path + "/kernel/metadata", F_OK) == 0 else {
      throw .unrecognised(path: path, reason: "a folder is read as a CTF trace, and this one holds no file 'metadata'")
    }
    return try openCTF(folder: path)
  }
  if paths.count > 1 { return try openThreadLogs(paths, options) }
  let input = try ByteInput.open(path: path)
  switch CaptureContent.recognise(input) {
  case .pcap: return try openPcap(input, strict: options.isStrict)
  case .qemuLog: return QEMULogSource(input, isStrict: options.isStrict)
  case .kernelText: return KernelTextSource(input, isStrict: options.isStrict)
  case .traceDat: return try TraceDatSource.open(input, isStrict: options.isStrict)
  case .unknown(let seen):
    throw .unrecognised(path: path, reason: "\(seen); accepted are \(CaptureContent.accepted)")
  }
}

private func openThreadLogs(_ paths: [String], _ options: ImportOptions) throws(TraceError) -> any EventSource {
  var inputs: [ByteInput] = []
  for path in paths {
    let input = try ByteInput.open(path: path)
    guard case .qemuLog = CaptureContent.recognise(input) else {
      throw .unrecognised(path: path, reason: "of several files each must be a QEMU log, one per thread")
    }
    inputs.append(input)
  }
  return QEMUThreadLogs(inputs, isStrict: options.isStrict)
}

private func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
