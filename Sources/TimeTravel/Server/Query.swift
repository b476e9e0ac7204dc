import InterruptTrace

/// A request's path and parameters.
package struct Query: Sendable {
  let path: String
  private var items: [String: String] = [:]

  /// Takes a target apart: `/api/at?event=7`. Of equal names the first counts; what is wrongly encoded stays as it is.
  package init(_ target: String) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    guard parts.count == 2 else { return }
    for item in parts[1].prefix(while: { $0 != "#" }).split(separator: "&") {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = Self.decoded(pair[0])
      if items[name] == nil { items[name] = pair.count == 2 ? Self.decoded(pair[1]) : "" }
    }
  }

  subscript(name: String) -> String? { items[name] }
  var event: UInt64? { self["event"].flatMap { UInt64($0) } }
  var isForward: Bool { self["back"] == nil }
  /// The physical controller's if none is named; nil if it is no number.
  var domain: UInt16? { self["domain"].map { UInt16($0) } ?? Domain.physical }
  /// Whether a parameter is a number, or lacks.
  func isNumber(_ name: String) -> Bool { self[name] == nil || number(name) != nil }
  func number(_ name: String) -> UInt32? { self[name].flatMap { UInt32($0) } }

  /// Percent-encoding (RFC 3986, 2.1), and `+` for a space.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest.first!),
        let low = digit(rest.dropFirst().first!)
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
