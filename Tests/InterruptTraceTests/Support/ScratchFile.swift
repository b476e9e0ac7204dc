import Glibc

/// A file that lives as long as a test needs it.
final class ScratchFile {
  let path: String

  init(_ bytes: [UInt8] = [], suffix: String = "") {
    var template = Array("/tmp/gicscope-test-XXXXXX\(suffix)".utf8CString)
    let descriptor = mkstemps(&template, Int32(suffix.utf8.count))
    precondition(descriptor >= 0)
    close(descriptor)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.bytes = bytes
  }

  deinit { unlink(path) }

  /// The whole content.
  var bytes: [UInt8] {
    get {
      let file = fopen(path, "rb")!
      defer { fclose(file) }
      var result: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { result += buffer[..<count] }
      return result
    }
    set {
      let file = fopen(path, "wb")!
      fwrite(newValue, 1, newValue.count, file)
      fclose(file)
    }
  }
}
