import Foundation
import Reports
import Testing

@Suite("Documentation of the JSON")
struct JSONDocumentTests {
  private static let captures =
    BundledCapture.small + ["nested-gicv3", "nested-gicv2", "gicv4", "kvm-one-second/trace.dat", "linux-gicv3-its"]

  /// Every path of a value to one that is no object and no list, `[]` standing for the elements of a list.
  private func paths(_ value: Any, _ path: String, into all: inout Set<String>) {
    if let object = value as? [String: Any] {
      for (key, value) in object { paths(value, path.isEmpty ? key : path + "." + key, into: &all) }
    } else if let list = value as? [Any] {
      for element in list { paths(element, path + "[]", into: &all) }
    } else {
      all.insert(path)
    }
  }

  /// The keys of the page, under what the heading above them says.
  private func documented() throws -> Set<String> {
    let page = try String(contentsOf: BundledCapture.root.appending(path: "Analyses/json.md"), encoding: .utf8)
    func quoted(_ text: Substring) -> [String] {
      text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
    var (prefixes, all): ([String], Set<String>) = ([], [])
    for line in page.split(separator: "\n") {
      if line.hasPrefix("### ") {
        let names = quoted(line)
        prefixes = names.isEmpty ? [""] : names.map { $0 + "." }
      } else if line.hasPrefix("| `") {
        for key in quoted(line.dropFirst(2).prefix { $0 != "|" }) { all.formUnion(prefixes.map { $0 + key }) }
      }
    }
    return all
  }

  @Test("Every key that analyze --json writes is on the page", arguments: captures)
  func complete(capture: String) throws {
    let known = try documented()
    let json = try BundledCapture.analyse(capture).json.text
    var all: Set<String> = []
    paths(try JSONSerialization.jsonObject(with: Data(json.utf8)), "", into: &all)
    #expect(all.count > 40)
    // Keys that are names of something stand as `*`.
    let unknown = all.filter { path in
      guard !known.contains(path), let dot = path.lastIndex(of: ".") else { return !known.contains(path) }
      let suffix = path.hasSuffix("[]") ? "[]" : ""
      return !known.contains(path[...dot] + "*" + suffix)
    }
    #expect(unknown.sorted() == [])
  }
}
