import Glibc
import InterruptTrace

/// Opens a capture of any known format, recognised by its content; `-` is standard input.
///
/// Several paths are the files of one capture, one per thread of the emulator (`-d tid -D name-%d.log` of QEMU); a folder
/// stands for the QEMU logs in it, or is a CTF trace, or what `gicscope record` wrote (``RecordingFolder``).
///
/// - Throws: ``TraceError/unreadable(path:reason:)``, ``TraceError/unrecognised(path:reason:)``,
///   ``TraceError/tooNew(path:version:)``.
public func openTrace(paths: [String], options: ImportOptions = ImportOptions()) throws(TraceError) -> any EventSource {
  guard let path = paths.first else { throw .unreadable(path: "", reason: "no capture was named") }
  if paths.count == 1, let recording = RecordingFolder(path) { return try recording.open(options) }
  let source = try openTrace(path, paths, options)
  return options.interrupts.map { IRQMappedSource(source, $0) } ?? source
}

private func openTrace(_ path: String, _ paths: [String], _ options: ImportOptions) throws(TraceError)
  -> any EventSource
{
  if paths.count == 1, isFolder(path) {
    if access(path + "/metadata", F_OK) == 0 || access(path + "/kernel/metadata", F_OK) == 0 {
      return try CTFSource(folder: path)
    }
    let logs = logs(in: path)
    guard !logs.isEmpty else {
      throw .unrecognised(
        path: path,
        reason: "a folder is read as a recording of gicscope record, as a CTF trace, or as a QEMU log with a file for "
          + "each thread; this one holds no file 'recording.json', no file 'metadata' and no QEMU log named *.log")
    }
    return try openTrace(logs[0], logs, options)
  }
  if paths.count > 1 { return try openThreadLogs(paths, options) }
  let input = try ByteInput.open(path: path)
  switch CaptureContent.recognise(input, isLive: options.isLive) {
  case .pcap: return try openPcap(input, strict: options.isStrict)
  case .qemuLog: return QEMULogSource(input, isStrict: options.isStrict)
  case .kernelText(let place): return try KernelTextSource.open(input, at: place, options)
  case .traceDat: return try TraceDatSource.open(input, isStrict: options.isStrict)
  case .unknown(let seen):
    throw .unrecognised(path: path, reason: "\(seen); accepted are \(CaptureContent.accepted)")
  }
}

private let severalFiles = "of several files each must be a QEMU log, one per thread"

private func openThreadLogs(_ paths: [String], _ options: ImportOptions) throws(TraceError) -> any EventSource {
  var inputs: [ByteInput] = []
  for path in paths {
    let input = try ByteInput.open(path: path)
    switch CaptureContent.recognise(input) {
    case .qemuLog: inputs.append(input)
    case .unknown(let seen): throw .unrecognised(path: path, reason: "\(seen); \(severalFiles)")
    default: throw .unrecognised(path: path, reason: severalFiles)
    }
  }
  return QEMUThreadLogs(inputs, isStrict: options.isStrict)
}

/// The QEMU logs in a folder, compressed or not, in the order of their names; what else a recording leaves there, such as
/// the console's output, is none.
private func logs(in folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var paths: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let path = folder + "/" + name
    guard name.hasSuffix(".log") || name.contains(".log."), !isFolder(path),
      let input = try? ByteInput.open(path: path), case .qemuLog = CaptureContent.recognise(input)
    else { continue }
    paths.append(path)
  }
  return paths.sorted()
}

private func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
