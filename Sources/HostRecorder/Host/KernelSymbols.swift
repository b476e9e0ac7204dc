/// The kernel's functions, and which of them can be probed.
public struct KernelSymbols {
  /// What became of a function in this kernel.
  public enum Finding: Equatable, Sendable {
    /// It is there as it was written.
    case exact
    /// The compiler made another function of it, under this name: its arguments need not be where they were.
    case variant(String)
    /// It is there, and the kernel refuses probes on it.
    case refused
    /// It is not there: inlined, or this kernel has none of that name.
    case missing
  }

  /// Functions that the function tracer, and with it kprobes, can stop at.
  private var traceable: Set<String> = []
  /// All functions, where the kernel shows them.
  private var all: Set<String> = []
  private var blacklist: Set<String> = []
  /// Names that the compiler gave, by the function's own.
  private var variants: [String: String] = [:]

  /// Whether anything is known of the kernel's functions.
  public var isEmpty: Bool { traceable.isEmpty && all.isEmpty }

  /// Reads `available_filter_functions`, `/proc/kallsyms` and the list of functions that kprobes refuse; each may lack.
  /// Only functions whose names begin with one of `prefixes` are kept.
  public init(filterFunctions: [UInt8]?, kallsyms: [UInt8]?, blacklist refused: [UInt8]?, prefixes: [String]) {
    let prefixes = prefixes.map { Array($0.utf8) }
    func names(_ content: [UInt8]?, word: Int) -> Set<String> {
      guard let content else { return [] }
      var names: Set<String> = []
      for line in content.split(separator: 0x0A) {
        let words = line.split(maxSplits: word + 1, whereSeparator: { $0 == 0x20 || $0 == 0x09 })
        guard words.count > word, prefixes.contains(where: { words[word].starts(with: $0) }) else { continue }
        // In kallsyms, t and T are functions.
        if word == 2, words[1].first.map({ $0 | 0x20 }) != UInt8(ascii: "t") { continue }
        names.insert(String(decoding: words[word], as: UTF8.self))
      }
      return names
    }
    traceable = names(filterFunctions, word: 0)
    all = names(kallsyms, word: 2)
    // `0xADDRESS-0xADDRESS NAME`
    blacklist = names(refused, word: 1)
    for name in (traceable.isEmpty ? all : traceable).sorted() {
      guard let dot = name.firstIndex(of: ".") else { continue }
      let suffix = name[dot...]
      // The cold part of a function is not its beginning.
      guard suffix.hasPrefix(".isra") || suffix.hasPrefix(".constprop"), !suffix.contains(".cold") else { continue }
      variants[String(name[..<dot])] = name
    }
  }

  /// What became of a function.
  public func find(_ function: String) -> Finding {
    let isThere = traceable.isEmpty ? all.contains(function) : traceable.contains(function)
    if isThere { return blacklist.contains(function) ? .refused : .exact }
    if all.contains(function) { return .refused }
    if let variant = variants[function] { return blacklist.contains(variant) ? .refused : .variant(variant) }
    return .missing
  }
}
