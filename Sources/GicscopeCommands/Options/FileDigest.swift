import CCrypto
import Foundation
import Glibc

/// The SHA-256 digest of a capture's bytes.
enum FileDigest {
  /// The digest of a file in hexadecimal; of a folder, that of its files' names and digests. Nil if it cannot be read.
  static func sha256(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFDIR else { return file(path) }
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path) else { return nil }
    let lines = names.sorted().compactMap { name in file(path + "/" + name).map { "\($0)  \(name)\n" } }
    return digest { update in lines.forEach { line in Array(line.utf8).withUnsafeBytes(update) } }
  }

  private static func file(_ path: String) -> String? {
    // What is no regular file, such as a pipe, has no bytes that could be read twice; to open one may take for ever.
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var isRead = true
    let result = digest { update in
      var buffer = [UInt8](repeating: 0, count: min(1 << 18, max(Int(status.st_size), 1)))
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        isRead = count >= 0
        guard count > 0 else { return }
        buffer[..<count].withUnsafeBytes(update)
      }
    }
    return isRead ? result : nil
  }

  /// The digest of what `body` hands over.
  private static func digest(_ body: ((UnsafeRawBufferPointer) -> Void) -> Void) -> String? {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else { return nil }
    body { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    var bytes = [UInt8](repeating: 0, count: 32)
    guard EVP_DigestFinal_ex(context, &bytes, nil) == 1 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
