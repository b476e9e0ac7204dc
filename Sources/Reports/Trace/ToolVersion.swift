import Synchronization

/// Which gicscope this is.
public enum ToolVersion {
  /// The version, as in `CHANGELOG.md`; a release's tag is `v` and this number.
  public static let number = "0.1.0"

  private static let built = Mutex<String?>(nil)

  /// The commit that the program was built from, as `git describe` names it; nil if its sources were in no repository, or
  /// a program other than gicscope uses the library.
  public static var commit: String? { built.withLock { $0 } }

  /// Sets ``commit``: called once, when the program starts.
  public static func wasBuilt(from commit: String) { built.withLock { $0 = commit.isEmpty ? nil : commit } }

  /// `0.1.0 (commit 61ad86b7990f)`.
  public static var text: String { "\(number) (commit \(commit ?? "unknown"))" }
}
