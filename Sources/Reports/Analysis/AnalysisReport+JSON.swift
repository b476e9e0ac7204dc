import InterruptTrace

extension AnalysisReport {
  /// The object that scripts depend on.
  public var json: ValueTree {
    let naming = naming
    return Document.json(command: "analyze", trace: trace, ResultTables.all.flatMap { $0.members(self, naming) })
  }

  /// Writes the text of ``json`` in pieces, without the whole of it in memory.
  public func writeJSON(_ write: @escaping ([UInt8]) throws -> Void) throws {
    var writer = JSONWriter(write)
    for member in Document.members(command: "analyze", trace: trace) { try writer.member(member) }
    let naming = naming
    for table in ResultTables.all { try table.write(self, naming, to: &writer) }
    try writer.end()
  }
}
