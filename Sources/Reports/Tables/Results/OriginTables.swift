extension ResultTables {
  static let origin = ResultTable<ReportOrigin>(
    "which program made this of which files", sql: "provenance", json: "provenance", isObject: true, isOptional: true
  ) { c in
    c.text("version", "version of gicscope") { $0.version }
    c.text("source_commit", "commit that it was built from; NULL if unknown") { $0.commit }.orNull()
    c.text("command_line", "as started") { $0.commandLine }
    c.list("files", originFiles) { $0.files }
  }.rows { $0.origin.map { [$0] } ?? [] }

  static let originFiles = ResultTable<ReportOrigin.File>("the capture's files", sql: "capture_files") { c in
    c.text("path", "as given") { $0.path }
    c.text("sha256", "SHA-256 of its bytes; of a folder, that of its files' names and digests; NULL for standard input")
    {
      $0.sha256
    }.orNull()
    c.text("modified", "when it was last changed, in ISO 8601, UTC") { $0.modified }.orNull()
  }.rows { $0.origin?.files ?? [] }
}
