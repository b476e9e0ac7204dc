import Analyzers

extension LatencyExclusions {
  /// Each count with what it counts.
  var titled: [(count: UInt64, title: String)] {
    [
      (startUnknown, "acknowledged, but pending before the capture shows why"),
      (pendingAtEnd, "still pending at the end"), (activeAtEnd, "not ended or not deactivated at the end"),
      (neverEnded, "acknowledged again without having ended"),
      (endWithoutAcknowledge, "ended without an acknowledge in the capture"),
      (withdrawn, "stopped being pending without an acknowledge"), (acrossGap, "spans with a gap in them"),
      (resignalled, "included: levels still high at the end of their handler"),
      (inferred, "included: samples that rest on an inference"),
      (backwards, "included as 0: spans whose time stamps step back"),
    ]
  }

  /// The counts that are not zero, in words.
  var sentences: [String] { titled.filter { $0.count > 0 }.map { "\(Units.count($0.count)) \($0.title)" } }
}
