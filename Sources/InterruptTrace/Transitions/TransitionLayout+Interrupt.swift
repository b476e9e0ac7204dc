extension TransitionLayout {
  private static let pending = [Field("cause", .a, 0, 8, .cause), Field("source", .b, 0, 64, .source)]
  private static let cleared = [Field("cause", .a, 0, 8, .cause)]
  private static let spurious = [Field("value", .a, 0, 32)]

  /// The physical interrupt, and virtual ones that are injected directly.
  static let interrupt: [TransitionLayout] = [
    TransitionLayout(.pending, nil, "pending", pending, "by {cause}{source}"),
    TransitionLayout(.merged, "requested again while pending", "pending", pending, "by {cause}{source}"),
    TransitionLayout(.virtualPending, nil, "pending", pending, "by {cause}{source}"),
    TransitionLayout(.virtualMerged, "requested again while pending", "pending", pending, "by {cause}{source}"),
    TransitionLayout(.pendingCleared, nil, "pendingCleared", cleared, "by {cause}"),
    TransitionLayout(.virtualPendingCleared, nil, "pendingCleared", cleared, "by {cause}"),
    TransitionLayout(
      .acknowledged, nil, "acknowledged",
      [
        Field("group", .a, 0, 8, .group), .flag("staysPending", .b, set: ", stays pending"),
        Field("runningPriority", .b, 8, 8, .hex), Field("sourcePE", .b, 32, 32, .pe),
      ],
      "running priority {runningPriority}{staysPending}"),
    TransitionLayout(.spuriousAcknowledge, nil, "spuriousAcknowledge", spurious, "{value} was returned"),
    TransitionLayout(.virtualSpuriousAcknowledge, nil, "spuriousAcknowledge", spurious, "{value} was returned"),
    TransitionLayout(
      .endOfInterrupt, nil, "endOfInterrupt",
      [
        .flag("deactivates", .a, set: "deactivates, ", clear: "deactivation is left to software, "),
        Field("cpuID", .a, 8, 3), Field("runningPriority", .b, 0, 8, .runningPriority),
      ],
      "{deactivates}{runningPriority}"),
    TransitionLayout(.mismatchedEnd, nil, "mismatchedEnd", [Field("runningPriority", .b, 0, 8, .hex)]),
    TransitionLayout(.deactivated, nil, "deactivated", [.flag("isPending", .a, set: "still pending")], "{isPending}"),
  ]

  /// An interrupt's configuration.
  static let configuration: [TransitionLayout] = [
    TransitionLayout(
      .retargeted, nil, "retargeted", [Field("from", .a, 0, 32, .pe), Field("to", .b, 0, 32, .pe)],
      "from {from} to {to}"),
    TransitionLayout(
      .priorityChanged, nil, "priorityChanged",
      [Field("from", .a, 0, 32, .hex), Field("priority", .priority, 0, 32, .hex)], "from {from} to {priority}"),
    TransitionLayout(
      .groupChanged, nil, "groupChanged", [Field("to", .a, 0, 8, .group), Field("from", .b, 0, 8, .group)]),
    TransitionLayout(
      .triggerChanged, nil, "triggerChanged", [.flag("isEdge", .a, set: "edge-triggered", clear: "level-sensitive")],
      "{isEdge}"),
  ]

  /// The PE.
  static let processingElement: [TransitionLayout] = [
    TransitionLayout(
      .cpuLine, "request to the PE", "cpuLine",
      [Field("levels", .a, 0, 64, .lines), Field("changed", .b, 0, 64, .lines)], "{levels}"),
    TransitionLayout(.highestPending, "highest pending interrupt"),
    TransitionLayout(
      .priorityMask, nil, "priorityMask", [Field("mask", .a, 0, 32, .hex), Field("before", .b, 0, 32, .hex)], "{mask}"),
    TransitionLayout(
      .groupEnables, nil, "groupEnables", [Field("enabled", .a, 0, 8, .groups), Field("known", .b, 0, 8, .groups)],
      "enabled groups {enabled}"),
    TransitionLayout(.sleep, nil, "sleep", [.flag("isAsleep", .a, set: "asleep", clear: "awake")], "{isAsleep}"),
    TransitionLayout(
      .lpisEnabled, "LPIs {isEnabled}", "lpisEnabled", [.flag("isEnabled", .a, set: "enabled", clear: "disabled")]),
    TransitionLayout(.endMode, nil, "endMode", [Field("bits", .a, 0, 8, .hex)]),
    TransitionLayout(.sgiSent, "SGI sent", "sgiSent", [Field("target", .a, 0, 32, .pe)], "to {target}"),
    TransitionLayout(
      .sgiWritten, nil, "sgiWritten",
      [
        Field("targets", .a, 0, 16), Field("isLegacy", .a, 16, 1, .choice(["ICC_SGI*R_EL1", "GICD_SGIR"])),
        Field("sender", .a, 32, 32, .hex), Field("value", .b, 0, 64, .hex),
      ]),
  ]
}
