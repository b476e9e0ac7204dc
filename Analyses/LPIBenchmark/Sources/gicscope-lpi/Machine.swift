import Foundation

/// The machine that something was measured on.
enum Machine {
  /// What a reader of figures has to know about it.
  static var sentence: String {
    var load = [0.0, 0, 0]
    getloadavg(&load, 3)
    let date = Date().formatted(.iso8601.year().month().day())
    return "Measured \(date) on \(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores, "
      + "load average \(Int(load[0].rounded())) at the end of the run."
  }

  private static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    for line in lines.split(separator: "\n") where line.hasPrefix("model name") {
      return line.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "an unknown processor"
    }
    return "an unknown processor"
  }
}
