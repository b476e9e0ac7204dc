import InterruptTrace
import Reports

/// Any bytes as two results of `analyze --json`, split at the first zero byte: refused with a reason, or compared.
func fuzzDiff(_ bytes: [UInt8]) throws {
  let split = bytes.firstIndex(of: 0) ?? bytes.endIndex
  guard let before = try? DiffSide(path: "before", json: bytes[..<split]) else { return }
  let after = try? DiffSide(path: "after", json: bytes[min(split + 1, bytes.endIndex)...])
  let report = DiffReport(before: before, after: after ?? before)
  try require(ValueTree(parsing: report.json.jsonText.utf8) != nil, "the report is no JSON")
  try require(!report.text(TextStyle(isColoured: false)).isEmpty, "no text")
  try require(report.html().hasSuffix("</html>\n"), "a page without end")
  if after == nil { try require(!report.isDifferent, "a result differs from itself") }
}
