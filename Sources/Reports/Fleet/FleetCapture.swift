/// A capture of a fleet: what stands at the beginning of each of its rows.
public struct FleetCapture: Sendable, Equatable {
  /// As it was named.
  public var path: String
  /// The SHA-256 digest of its bytes in hexadecimal; nil if they could not be read.
  public var sha256: String?
  /// What the user said about it, by key.
  public var labels: [String: String]
  /// Why not all of it was analysed; nil if all was.
  public var error: String?

  /// A capture with every field given.
  public init(path: String, sha256: String? = nil, labels: [String: String] = [:], error: String? = nil) {
    self.path = path
    self.sha256 = sha256
    self.labels = labels
    self.error = error
  }

  /// The label that names the machine that a capture comes from; it is a column of its own.
  public static let hostLabel = "host"

  /// The columns that every table of a fleet begins with; `labels` are the keys of all labels in the fleet.
  static func columns(version: String, labels: [String]) -> ResultTable<FleetCapture> {
    ResultTable("a capture of a fleet") { c in
      c.text("capture", "the capture, as it was named") { $0.path }
      c.text("sha256", "digest of its bytes; null if they could not be read") { $0.sha256 }.orNull()
      c.text("host", "the machine that it comes from, from the label `host`") { $0.labels[hostLabel] }.orNull()
      for key in labels where key != hostLabel {
        c.text("label_" + key, "the label `\(key)`") { $0.labels[key] }.orNull()
      }
      c.text("gicscope_version", "the gicscope that analysed it") { _ in version }
      c.number("schema", "changes with the meaning of a column, not with an addition") { _ in Document.schema }
      c.text("error", "why not all of it was analysed; null if all was") { $0.error }.orNull()
    }
  }
}
