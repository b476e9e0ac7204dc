extension TransitionLayout {
  private static let listRegister = [Field("index", .a, 0, 8), Field("value", .b, 0, 64, .hex)]
  private static let control = [Field("control", .a, 0, 32, .hex), Field("listRegisters", .b, 0, 8)]

  /// List registers, the virtual interface, vPEs and guests.
  static let virtualInterface: [TransitionLayout] = [
    TransitionLayout(.lrFilled, "list register filled", "listRegister", listRegister, "LR{index} = {value}"),
    TransitionLayout(.lrEmptied, "list register emptied", "listRegister", listRegister, "LR{index} = {value}"),
    TransitionLayout(
      .lrOverwritten, "list register overwritten", "listRegister",
      listRegister + [Field("isSaved", .a, 8, 1, .choice(["not saved", "saved"]))], "LR{index} = {value}, {isSaved}"),
    TransitionLayout(.lrWritten, "list register written", "listRegister", listRegister, "LR{index} = {value}"),
    TransitionLayout(
      .lrOverflow, "no list register free", "lrOverflow", [.flag("isActive", .a, set: "active", clear: "pending")]),
    TransitionLayout(.virtualAcknowledged, nil, "listRegister", [Field("index", .a, 0, 8)], "LR{index}"),
    TransitionLayout(.virtualDeactivated, nil, "listRegister", [Field("index", .a, 0, 8)], "LR{index}"),
    TransitionLayout(
      .virtualEndOfInterrupt, nil, "virtualEndOfInterrupt",
      [
        Field("index", .a, 0, 64, .listRegister),
        .flag("deactivates", .b, set: "deactivates", clear: "deactivation is left to software"),
        Field("isCounted", .b, 1, 1, .choice(["", "EOIcount has it"])),
      ],
      "{index}"),
    TransitionLayout(
      .maintenance, nil, "maintenance",
      [.flag("isRaised", .a, set: "raised", clear: "lowered"), Field("status", .b, 0, 32, .hex)],
      "{isRaised}, MISR {status}"),
    TransitionLayout(.virtualInterfaceEnabled, nil, "virtualInterface", control),
    TransitionLayout(.virtualInterfaceDisabled, nil, "virtualInterface", control),
    TransitionLayout(.guestRuns, nil, "virtualInterface", control),
    TransitionLayout(.vCPULoaded, "vCPU loaded"),
    TransitionLayout(
      .virtualControl, nil, "virtualControl", [Field("bits", .a, 0, 10, .hex), Field("known", .b, 0, 10, .hex)]),
    TransitionLayout(.vPEResident, "vPE resident", "residency", [Field("pendingTable", .a, 0, 64, .hex)]),
    TransitionLayout(
      .vPENonresident, "vPE no longer resident", "residency",
      [Field("pendingTable", .a, 0, 64, .hex), .flag("isPending", .b, set: "pending", clear: "nothing pending")]),
    TransitionLayout(
      .guestOutcome, "what the guest had done with it", "guestOutcome",
      [
        Field("state", .a, 0, 2, .choice(["had ended it", "nothing: still pending", "handles it", "handles it"])),
        Field("rule", .b, 0, 8),
      ],
      "{state}"),
  ]

  private static let prediction = [
    Field("expected", .a, 0, 64, .hex), Field("seen", .b, 0, 64, .hex), Field("check", .priority, 0, 32),
  ]

  /// The capture against the model.
  static let capture: [TransitionLayout] = [
    TransitionLayout(
      .disagreed, "not as predicted", "prediction", prediction, "expected {expected}, the capture shows {seen}"),
    TransitionLayout(
      .taught, "learned from the capture", "prediction", prediction, "expected {expected}, the capture shows {seen}"),
    TransitionLayout(
      .begin, nil, "begin",
      [
        .flag("isReset", .a, set: "at reset", clear: "in operation"),
        Field("isPart", .a, 1, 1, .choice(["", "a part of what happened"])),
        Field(
          "resetGroup", .b, 0, 2, .choice(["group not known", "Group 0", "Secure Group 1", "Non-secure Group 1"])),
      ]),
    TransitionLayout(
      .gap, nil, "gap", [Field("lost", .a, 0, 64, .count), Field("reason", .b)], "{lost}events are missing"),
    TransitionLayout(
      .machineReset, "machine reset", "machineReset", [Field("after", .a), Field("setUp", .b)],
      "some time after #{after}"),
  ]
}
