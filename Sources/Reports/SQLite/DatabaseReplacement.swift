import Glibc

/// Whether a database may be written under this name: nothing is there, nothing is in it, or it is one of gicscope's.
public func mayReplaceDatabase(_ path: String) -> Bool {
  guard let file = fopen(path, "r") else { return access(path, F_OK) != 0 }
  defer { fclose(file) }
  var header = [UInt8](repeating: 0, count: 72)
  let count = fread(&header, 1, header.count, file)
  if count == 0 { return true }
  // https://sqlite.org/fileformat.html, 1.3: the application's number stands at offset 68.
  let number = header[68...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  return count == header.count && header.starts(with: Array("SQLite format 3\0".utf8))
    && number == SQLiteReport.applicationID
}
