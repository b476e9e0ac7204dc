/// A probe on a function of the kernel, as tracefs takes it (Documentation/trace/kprobetrace.rst of Linux).
public struct Probe: Equatable, Sendable {
  /// The group that all probes of gicscope are in: what is left of them is found by it.
  public static let group = "gicscope"

  /// The event's name, one that importers know.
  public var event: String
  /// The function, as the kernel names it.
  public var function: String
  /// Whether it fires when the function returns.
  public var isReturn: Bool
  /// What is fetched, as `NAME=EXPRESSION:TYPE`. Scalars only: trace-cmd prints arrays as zeros.
  public var arguments: [String]
  /// Which of its events are recorded; nil for all.
  public var filter: String?

  /// The line for `kprobe_events`.
  public var definition: String {
    (["\(isReturn ? "r" : "p"):\(Self.group)/\(event)", function] + arguments).joined(separator: " ")
  }
  /// The line that removes it.
  public var removal: String { "-:\(Self.group)/\(event)" }
  /// Where it is, for people.
  public var place: String { isReturn ? "the return of \(function)" : function }
}

/// A probe before it is known where the kernel has what it fetches.
struct ProbeTemplate {
  /// What is fetched.
  struct Fetch {
    var name: String
    var source: Source
    var type: String
  }

  /// Where a value is.
  enum Source {
    /// A parameter, by its name and the number that it has where the kernel does not describe it.
    case parameter(String, Int)
    /// What a way leads to that begins at the structure that a parameter points to.
    case member(Path, of: String, Int)
    /// What the function returns.
    case result
  }

  /// A way from a structure to a value.
  struct Path {
    /// The structure's name; empty for none.
    var structure: String
    /// As ``BTF/way(_:from:)`` has it.
    var members: String
    /// Bytes that are added at its end: an element of an array.
    var element = 0
    /// Where it leads in every kernel: a structure that user space or hardware knows too.
    var fixed: Int?
  }

  var event: String
  var function: String
  var isReturn = false
  var fetches: [Fetch] = []
  var filter: String?
}

extension ProbeTemplate {
  /// Why a probe is not possible.
  struct Obstacle: Error {
    var reason: String
  }

  /// The probe on this kernel.
  func resolved(on kernel: HostKernel) throws(Obstacle) -> Probe {
    var name = function
    switch kernel.symbols.find(function) {
    case .exact: break
    case .variant(let variant):
      guard fetches.isEmpty else {
        throw Obstacle(reason: "\(function) is there only as \(variant), whose arguments the compiler may have moved")
      }
      name = variant
    case .refused: throw Obstacle(reason: "the kernel refuses probes on \(function)")
    case .missing: throw Obstacle(reason: "\(function) is not there: inlined, or not in this kernel")
    }
    if isReturn, !kernel.showsArgumentsAtReturn, fetches.contains(where: \.source.isArgument) {
      throw Obstacle(reason: "arguments at the return of \(function) need Linux 6.9")
    }
    var arguments: [String] = []
    for fetch in fetches {
      arguments.append("\(fetch.name)=\(try expression(fetch.source, kernel)):\(fetch.type)")
    }
    return Probe(event: event, function: name, isReturn: isReturn, arguments: arguments, filter: filter)
  }

  private func expression(_ source: Source, _ kernel: HostKernel) throws(Obstacle) -> String {
    switch source {
    case .result: return "$retval"
    case .parameter(let name, let number): return try argument(name, number, kernel)
    case .member(let path, let name, let number):
      var expression = try argument(name, number, kernel)
      for offset in try offsets(path, name, kernel) { expression = "+\(offset)(\(expression))" }
      return expression
    }
  }

  /// The first eight arguments of a function are in x0 to x7 (AAPCS64, 6.8.2).
  private func argument(_ name: String, _ number: Int, _ kernel: HostKernel) throws(Obstacle) -> String {
    var number = number
    if let types = kernel.types, types.describes(function: function) {
      guard let place = types.parameter(name, of: function)?.number, place < 8 else {
        throw Obstacle(reason: "\(function) has no parameter \(name) in this kernel")
      }
      number = place
    }
    return isReturn ? "$arg\(number + 1)" : "%x\(number)"
  }

  /// The offsets in each structure on the way.
  private func offsets(_ path: Path, _ parameter: String, _ kernel: HostKernel) throws(Obstacle) -> [Int] {
    if let fixed = path.fixed { return [fixed + path.element] }
    // The parameter's own type is the right one where several have the name.
    let pointer = kernel.types?.parameter(parameter, of: function)?.type
    let own = pointer.flatMap { kernel.types?.target(ofPointer: $0) }
    let way =
      own.flatMap { kernel.types?.way(path.members, from: $0) } ?? kernel.types?.way(path.members, of: path.structure)
    guard var offsets = way?.offsets, !offsets.isEmpty else {
      let problem = kernel.typeProblem ?? "this kernel has no such member"
      throw Obstacle(reason: "the place of \(path.members) in struct \(path.structure) is not known: \(problem)")
    }
    offsets[offsets.count - 1] += path.element
    return offsets
  }
}

extension ProbeTemplate.Source {
  fileprivate var isArgument: Bool { if case .result = self { false } else { true } }
}
