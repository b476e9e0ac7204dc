extension TransitionLayout {
  private static let message = Field("message", .a, 0, 64, .message)

  /// The ITS.
  static let its: [TransitionLayout] = [
    TransitionLayout(.msi, "MSI", "msi", [message], "{message}"),
    TransitionLayout(
      .itsFault, "ITS fault", "itsFault", [message, Field("faultNumber", .b, 0, 64, .fault)], "{message}{faultNumber}"),
    TransitionLayout(
      .itsCommand, "ITS command", "itsCommand",
      [
        Field("opcode", .a, 0, 8, .opcode), Field("deviceID", .a, 32, 32, .hex), Field("error", .b, 0, 24, .error),
        Field("eventID", .b, 32, 32),
      ],
      "{opcode}{error}"),
    TransitionLayout(
      .mapping, nil, "mapping", [message, .flag("isMapped", .b, set: ", mapped", clear: ", unmapped")],
      "{message}{isMapped}"),
    TransitionLayout(.collection, nil, "collection", [Field("icid", .a, 0, 32), Field("its", .b, 0, 4)]),
    TransitionLayout(
      .itsEnabled, "ITS {isEnabled}", "itsEnabled",
      [.flag("isEnabled", .a, set: "enabled", clear: "disabled"), Field("its", .b, 0, 4)]),
    TransitionLayout(
      .commandsWaiting, nil, "commandsWaiting",
      [Field("reader", .a, 0, 64, .hex), Field("writer", .b, 0, 64, .hex), Field("its", .priority, 0, 32)],
      "GITS_CREADR {reader}, GITS_CWRITER {writer}"),
    TransitionLayout(.tableWalk, nil, "tableWalk", [message, Field("walk", .b, 0, 64, .walk)], "{message}"),
    TransitionLayout(
      .tableRead, nil, "tableRead",
      [
        Field("id", .a, 0, 64, .hex), Field("table", .b, 0, 2, .table), Field("its", .b, 8, 4),
        Field("isValid", .b, 16, 1, .choice(["invalid", "valid"])),
      ]),
  ]
}
