import Glibc

/// A folder of one run's files, in memory; it goes with the value.
struct FuzzFolder: ~Copyable {
  /// Where it is.
  let path: String

  /// An empty folder.
  init() {
    var name = Array("/dev/shm/gicscope-fuzz-XXXXXX".utf8CString)
    precondition(mkdtemp(&name) != nil)
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    guard let entries = opendir(path) else { return }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(path + "/" + name) }
    }
    closedir(entries)
    rmdir(path)
  }

  /// Adds a file.
  func add(_ name: String, _ bytes: ArraySlice<UInt8>) {
    let descriptor = open(path + "/" + name, O_CREAT | O_WRONLY, 0o600)
    precondition(descriptor >= 0)
    defer { close(descriptor) }
    bytes.withUnsafeBytes { if !$0.isEmpty { precondition(write(descriptor, $0.baseAddress, $0.count) == $0.count) } }
  }
}
