import Testing

@testable import InterruptTrace

/// The table of operands and the accessors say the same.
@Suite struct TransitionLayoutTests {
  private typealias Accessor = @Sendable (Transition) -> UInt64

  private let samples: [Transition] = {
    var generator = SystemRandomNumberGenerator()
    var all = (0..<200).map { n in
      Transition(
        time: 0, event: n, kind: .pending, priority: generator.next(), a: generator.next(), b: generator.next())
    }
    all.append(Transition(time: 0, event: 0, kind: .pending, priority: .max, a: .max, b: .max))
    all.append(Transition(time: 0, event: 0, kind: .pending))
    return all
  }()

  private static func bit(_ value: Bool) -> UInt64 { value ? 1 : 0 }

  /// Reads of a kind's fields, by the name of the accessor and that of the field.
  private static let interrupt: [String: Accessor] = [
    "pending.cause": { UInt64($0.pending.causeNumber) },
    "pending.source": { $0.pending.source },
    "pendingCleared.cause": { UInt64($0.pendingCleared.causeNumber) },
    "acknowledged.group": { UInt64($0.acknowledged.group) },
    "acknowledged.staysPending": { bit($0.acknowledged.staysPending) },
    "acknowledged.runningPriority": { UInt64($0.acknowledged.runningPriority) },
    "acknowledged.sourcePE": { UInt64($0.acknowledged.sourcePE) },
    "spuriousAcknowledge.value": { UInt64($0.spuriousAcknowledge.value) },
    "endOfInterrupt.deactivates": { bit($0.endOfInterrupt.deactivates) },
    "endOfInterrupt.cpuID": { UInt64($0.endOfInterrupt.cpuID) },
    "endOfInterrupt.runningPriority": { UInt64($0.endOfInterrupt.runningPriority) },
    "mismatchedEnd.runningPriority": { UInt64($0.mismatchedEnd.runningPriority) },
    "deactivated.isPending": { bit($0.deactivated.isPending) },
    "retargeted.from": { UInt64($0.retargeted.from) },
    "retargeted.to": { UInt64($0.retargeted.to) },
    "priorityChanged.from": { UInt64($0.priorityChanged.from) },
    "priorityChanged.priority": { UInt64($0.priority) },
    "groupChanged.to": { UInt64($0.groupChanged.to) },
    "groupChanged.from": { UInt64($0.groupChanged.from) },
    "triggerChanged.isEdge": { bit($0.triggerChanged.isEdge) },
  ]

  private static let processingElement: [String: Accessor] = [
    "cpuLine.levels": { $0.cpuLine.levels.rawValue },
    "cpuLine.changed": { $0.cpuLine.changed.rawValue },
    "priorityMask.mask": { UInt64($0.priorityMask.mask) },
    "priorityMask.before": { UInt64($0.priorityMask.before) },
    "groupEnables.enabled": { UInt64($0.groupEnables.enabled) },
    "groupEnables.known": { UInt64($0.groupEnables.known) },
    "sleep.isAsleep": { bit($0.sleep.isAsleep) },
    "lpisEnabled.isEnabled": { bit($0.lpisEnabled.isEnabled) },
    "endMode.bits": { UInt64($0.endMode.bits) },
    "sgiSent.target": { UInt64($0.sgiSent.target) },
    "sgiWritten.targets": { $0.sgiWritten.targets },
    "sgiWritten.isLegacy": { bit($0.sgiWritten.isLegacy) },
    "sgiWritten.sender": { UInt64($0.sgiWritten.sender) },
    "sgiWritten.value": { $0.sgiWritten.value },
  ]

  private static let its: [String: Accessor] = [
    "msi.message": { $0.msi.message },
    "itsFault.message": { $0.itsFault.message },
    "itsFault.faultNumber": { $0.itsFault.faultNumber },
    "itsCommand.opcode": { UInt64($0.itsCommand.opcode) },
    "itsCommand.deviceID": { UInt64($0.itsCommand.deviceID) },
    "itsCommand.error": { $0.itsCommand.error },
    "itsCommand.eventID": { UInt64($0.itsCommand.eventID) },
    "mapping.message": { $0.mapping.message },
    "mapping.isMapped": { bit($0.mapping.isMapped) },
    "collection.icid": { UInt64($0.collection.icid) },
    "collection.its": { UInt64($0.collection.its) },
    "itsEnabled.isEnabled": { bit($0.itsEnabled.isEnabled) },
    "itsEnabled.its": { UInt64($0.itsEnabled.its) },
    "commandsWaiting.reader": { $0.commandsWaiting.reader },
    "commandsWaiting.writer": { $0.commandsWaiting.writer },
    "commandsWaiting.its": { UInt64($0.commandsWaiting.its) },
    "tableWalk.message": { $0.tableWalk.message },
    "tableWalk.walk": { $0.tableWalk.walk.rawValue },
    "tableRead.id": { $0.tableRead.id },
    "tableRead.table": { UInt64($0.tableRead.table.rawValue) },
    "tableRead.its": { UInt64($0.tableRead.its) },
    "tableRead.isValid": { bit($0.tableRead.isValid) },
  ]

  private static let virtualInterface: [String: Accessor] = [
    "listRegister.index": { $0.listRegister.index },
    "listRegister.value": { $0.listRegister.value },
    "listRegister.isSaved": { bit($0.listRegister.isSaved) },
    "lrOverflow.isActive": { bit($0.lrOverflow.isActive) },
    "virtualEndOfInterrupt.index": { $0.virtualEndOfInterrupt.index },
    "virtualEndOfInterrupt.deactivates": { bit($0.virtualEndOfInterrupt.deactivates) },
    "virtualEndOfInterrupt.isCounted": { bit($0.virtualEndOfInterrupt.isCounted) },
    "maintenance.isRaised": { bit($0.maintenance.isRaised) },
    "maintenance.status": { UInt64($0.maintenance.status) },
    "virtualInterface.control": { UInt64($0.virtualInterface.control) },
    "virtualInterface.listRegisters": { UInt64($0.virtualInterface.listRegisters) },
    "virtualControl.bits": { UInt64($0.virtualControl.bits) },
    "virtualControl.known": { UInt64($0.virtualControl.known) },
    "residency.pendingTable": { $0.residency.pendingTable },
    "residency.isPending": { bit($0.residency.isPending) },
    "guestOutcome.state": { UInt64($0.guestOutcome.state) },
    "guestOutcome.rule": { UInt64($0.guestOutcome.rule) },
  ]

  private static let capture: [String: Accessor] = [
    "prediction.expected": { $0.prediction.expected },
    "prediction.seen": { $0.prediction.seen },
    "prediction.check": { UInt64($0.prediction.check) },
    "begin.isReset": { bit($0.begin.isReset) }, "begin.isPart": { bit($0.begin.isPart) },
    "begin.resetGroup": { UInt64($0.begin.resetGroup) },
    "gap.lost": { $0.gap.lost },
    "gap.reason": { $0.gap.reason },
    "machineReset.after": { $0.machineReset.after },
    "machineReset.setUp": { $0.machineReset.setUp },
  ]

  @Test func `Every field is what its accessor reads`() throws {
    var accessors = Self.interrupt
    for more in [Self.processingElement, Self.its, Self.virtualInterface, Self.capture] {
      accessors.merge(more) { first, _ in first }
    }
    var unused = Set(accessors.keys)
    for layout in TransitionLayout.all {
      for field in layout.fields {
        let name = "\(try #require(layout.accessor)).\(field.name)"
        let accessor = try #require(accessors[name], "\(name)")
        unused.remove(name)
        for sample in samples { #expect(field.value(in: sample) == accessor(sample), "\(name)") }
      }
    }
    #expect(unused.isEmpty)
  }

  @Test func `Every kind has one row at most, with fields that do not overlap`() {
    #expect(Set(TransitionLayout.all.map(\.kind)).count == TransitionLayout.all.count)
    for kind in TransitionKind.allCases { #expect(TransitionLayout.of(kind).kind == kind) }
    for layout in TransitionLayout.all {
      for word in [TransitionLayout.Word.a, .b, .priority] {
        let ranges = layout.fields.filter { $0.word == word }.map { $0.low..<$0.low + $0.width }
        for (i, range) in ranges.enumerated() {
          #expect(range.upperBound <= (word == .priority ? 32 : 64))
          #expect(ranges[(i + 1)...].allSatisfy { !$0.overlaps(range) }, "\(layout.kind)")
        }
      }
    }
  }

  @Test func `Fields that depend on others are taken from the same bits`() {
    for sample in samples {
      #expect(sample.pending.sourcePE == UInt32(truncatingIfNeeded: sample.pending.source))
      #expect(sample.pending.cause == PendingCause(rawValue: sample.pending.causeNumber))
      #expect(sample.pending.hasSourcePE == (sample.pending.source < UInt64(PE.none)))
      #expect(UInt64(sample.pending.deviceID) << 32 | UInt64(sample.pending.eventID) == sample.pending.source)
      #expect(UInt64(sample.msi.deviceID) << 32 | UInt64(sample.msi.eventID) == sample.msi.message)
      #expect(UInt64(sample.mapping.deviceID) << 32 | UInt64(sample.mapping.eventID) == sample.mapping.message)
      #expect(UInt64(sample.itsFault.deviceID) << 32 | UInt64(sample.itsFault.eventID) == sample.itsFault.message)
      #expect(UInt64(sample.tableWalk.deviceID) << 32 | UInt64(sample.tableWalk.eventID) == sample.tableWalk.message)
      #expect(
        UInt8(Self.bit(sample.endMode.nonSecure) | Self.bit(sample.endMode.secure) << 1) == sample.endMode.bits & 3)
      let outcome = sample.guestOutcome
      #expect(UInt8(Self.bit(outcome.isPending) | Self.bit(outcome.isActive) << 1) == outcome.state)
      #expect(outcome.hasEnded == (outcome.state == 0))
    }
  }

  @Test func `What operands say beyond their fields`() {
    func made(a: UInt64 = 0, b: UInt64 = 0) -> Transition { Transition(time: 1, event: 2, kind: .pending, a: a, b: b) }
    #expect(made(a: 8, b: 0x80).mismatchedEnd.dropsPriority)
    #expect(!made(a: 8).mismatchedEnd.dropsPriority)
    #expect(made(b: ITSFault.unmappedEvent.rawValue).itsFault.fault == .unmappedEvent)
    let command = made(a: UInt64(ITSOpcode.mapti) | 8 << 32, b: 5 << 32).itsCommand
    #expect(command.opcode == ITSOpcode.mapti && command.error == 0 && command.message == 8 << 32 | 5)
    #expect(made(a: 0x21).commandsWaiting.isStalled && !made(a: 0x40, b: 1).commandsWaiting.isStalled)
    let end = made(a: Transition.VirtualEnd.unlisted, b: 1)
    #expect(end.virtualEndOfInterrupt.isUnlisted && end.virtualEndOfInterrupt.deactivates)
    #expect(end.listRegister.index == end.virtualEndOfInterrupt.index)
    #expect(Transition.Retargeted.anyPE == PE.none - 1)
  }

  // MARK: Constructors

  private func made(_ operands: Transition.Operands<some Any>) -> Transition {
    Transition(time: 1, event: 2, kind: .pending, operands)
  }

  @Test func `What a constructor packs, the accessors take apart`() {
    let sgi = made(Transition.Operands<Transition.Pending>(.sgi, sourcePE: 3)).pending
    #expect(sgi.cause == .sgi && sgi.hasSourcePE && sgi.sourcePE == 3)
    #expect(!made(Transition.Operands<Transition.Pending>(.line)).pending.hasSourcePE)
    let end = made(
      Transition.Operands<Transition.EndOfInterrupt>(deactivates: true, runningPriority: 0x100, cpuID: 5)
    ).endOfInterrupt
    #expect(end.deactivates && end.cpuID == 5 && end.runningPriority == Transition.EndOfInterrupt.idlePriority)
    let list = made(Transition.Operands<Transition.ListRegister>(index: 3, value: 0x10, isSaved: true)).listRegister
    #expect(list.index == 3 && list.value == 0x10 && list.isSaved)
    #expect(made(Transition.Operands<Transition.Overflow>(isActive: true)).lrOverflow.isActive)
    let interface = made(Transition.Operands<Transition.VirtualInterfaceSwitch>(control: 9, listRegisters: 4))
    #expect(interface.virtualInterface.control == 9 && interface.virtualInterface.listRegisters == 4)
    let outcome = made(Transition.Operands<Transition.GuestOutcome>(isPending: true, isActive: true, rule: 4))
    #expect(outcome.guestOutcome.isPending && outcome.guestOutcome.isActive && outcome.guestOutcome.rule == 4)
    let written = made(
      Transition.Operands<Transition.SGIWritten>(targets: 5, isLegacy: false, sender: 0x100, value: 1 << 48 | 3)
    ).sgiWritten
    #expect(written.targets == 5 && !written.isLegacy && written.sender == 0x100 && !written.namesNobody)
    let nobody = made(Transition.Operands<Transition.SGIWritten>(targets: 0, isLegacy: true, value: 0x100_8003))
    #expect(nobody.sgiWritten.namesNobody)
  }
}
