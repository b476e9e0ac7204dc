/// What is done to the arguments before they are parsed.
enum CommandLineArguments {
  /// `--json [FILE]`: an option whose value may lack. The next argument is its value only if it is named like one;
  /// in `gicscope verify --json boot.log` it is the capture, which must not be overwritten.
  static func prepared(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        return result + [argument] + rest
      } else if argument == "--json" {
        if let next = rest.first, next.hasSuffix(".json"), !next.hasPrefix("-") {
          result.append("--json=" + next)
          rest.removeFirst()
        } else {
          result.append("--json=-")
        }
      } else {
        result.append(argument)
      }
    }
    return result
  }
}
