import Foundation
import Glibc
import InterruptTrace
import Replay
import Reports

/// The index of a capture in the user's cache directory: by it a replay starts near the place that is asked for.
enum CaptureIndex {
  /// Most bytes that all of them take.
  private static let cacheLimit: UInt64 = 1 << 30

  /// Microseconds that a file system's clock may stand still.
  private static let tick: useconds_t = 10_000

  /// `$XDG_CACHE_HOME/gicscope`, else `~/.cache/gicscope`; nil if the environment names neither.
  private static var folder: String? {
    func folder(_ name: String, _ below: String) -> String? {
      guard let value = getenv(name).map({ String(cString: $0) }), value.hasPrefix("/") else { return nil }
      return value + below
    }
    return folder("XDG_CACHE_HOME", "/gicscope") ?? folder("HOME", "/.cache/gicscope")
  }

  /// An index and what it has to be of.
  struct Place {
    var path: String
    var key: String

    /// Where the index of a capture is; nil if that is not a regular file, or nothing can be kept.
    init?(capture: String, _ options: ReplayOptions) {
      var (file, program) = (stat(), stat())
      guard stat(capture, &file) == 0, file.st_mode & S_IFMT == S_IFREG, stat("/proc/self/exe", &program) == 0,
        let folder = CaptureIndex.folder, CaptureIndex.make(folder)
      else { return nil }
      // What changes within one tick of the file system's clock looks the same before and after.
      usleep(CaptureIndex.tick)
      path = "\(folder)/\(file.st_dev)-\(file.st_ino).index"
      let topology = options.topology.entries.map { "\($0.key.rawValue) \($0.index) \($0.domain) \($0.value)" }
      key = """
        capture \(Self.identity(file))
        program \(ToolVersion.number) \(Self.identity(program))
        models \(options.controller) \(options.hypervisor)
        topology \(topology)
        """
    }

    private static func identity(_ status: stat) -> String {
      "\(status.st_dev) \(status.st_ino) \(status.st_size) "
        + "\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)"
    }
  }

  private static func make(_ folder: String) -> Bool {
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return access(folder, W_OK | X_OK) == 0
  }

  /// Opens the index of a capture, after it was written if there is none or a stale one; nil if it can have none.
  static func open(_ place: Place, _ source: NativeTraceReader, _ options: ReplayOptions, _ progress: ProgressLine)
    throws -> ReplayIndex?
  {
    if let index = ReplayIndex(path: place.path, key: place.key) { return index }
    defer { progress.clear() }
    let isWritten = try ReplayIndex.write(
      to: place.path, key: place.key, of: source, options: options, onProgress: progress.show)
    guard isWritten else { return nil }
    chmod(place.path, 0o600)
    makeRoom(beside: place.path)
    return ReplayIndex(path: place.path, key: place.key)
  }

  /// Removes the oldest indexes while there are too many bytes of them.
  private static func makeRoom(beside path: String) {
    let folder = FileIdentity.folder(of: path)
    var files: [(path: String, size: UInt64, changed: Int)] = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".index") {
      var status = stat()
      guard stat(folder + "/" + name, &status) == 0 else { continue }
      files.append((folder + "/" + name, UInt64(status.st_size), status.st_mtim.tv_sec))
    }
    var total = files.reduce(0) { $0 + $1.size }
    for file in files.sorted(by: { $0.changed < $1.changed }) where total > cacheLimit && file.path != path {
      unlink(file.path)
      total -= file.size
    }
  }
}
