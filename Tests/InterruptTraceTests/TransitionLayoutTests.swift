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
    "begin.isReset": { bit($0.begin.isReset) },
    "gap.lost": { $0.gap.lost },
    "gap.reason": { $0.gap.reason },
    "machineReset.after": { $0.machineReset.after },
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

  // MARK: Constructors

  private func made(_ operands: some TransitionOperands, priority: UInt32 = 0) -> Transition {
    Transition(time: 1, event: 2, kind: .pending, priority: priority, operands)
  }

  @Test func `What a constructor packs, the accessors take apart: interrupts`() {
    let sgi = made(Transition.Pending(.sgi, sourcePE: 3)).pending
    #expect(sgi.cause == .sgi && sgi.hasSourcePE && sgi.sourcePE == 3)
    #expect(!made(Transition.Pending(.line)).pending.hasSourcePE)
    let lpi = made(Transition.Pending(.msi, message: 8 << 32 | 5)).pending
    #expect(lpi.cause == .msi && lpi.hasMessage && lpi.deviceID == 8 && lpi.eventID == 5)
    #expect(!made(Transition.Pending(.directLPI, message: Transition.Pending.noSource)).pending.hasMessage)
    #expect(made(Transition.PendingCleared(.command)).pendingCleared.cause == .command)
    let taken = made(
      Transition.Acknowledged(group: .group1NonSecure, staysPending: true, runningPriority: 0xA0, sourcePE: 7)
    ).acknowledged
    #expect(taken.group == InterruptGroup.group1NonSecure.rawValue && taken.staysPending)
    #expect(taken.runningPriority == 0xA0 && taken.sourcePE == 7)
    let end = made(Transition.EndOfInterrupt(deactivates: true, runningPriority: 0x100, cpuID: 5)).endOfInterrupt
    #expect(end.deactivates && end.cpuID == 5 && end.runningPriority == Transition.EndOfInterrupt.idlePriority)
    #expect(made(Transition.MismatchedEnd(runningPriority: 0x80)).mismatchedEnd.dropsPriority)
    #expect(!made(Transition.MismatchedEnd()).mismatchedEnd.dropsPriority)
    #expect(made(Transition.Deactivated(isPending: true)).deactivated.isPending)
    #expect(made(Transition.SpuriousAcknowledge(value: INTID.spurious)).spuriousAcknowledge.value == 1023)
    let moved = made(Transition.Retargeted(from: 1, to: Transition.Retargeted.anyPE)).retargeted
    #expect(moved.from == 1 && moved.to == PE.none - 1 && !moved.isBetweenPEs)
    #expect(made(Transition.PriorityChanged(from: 0x80)).priorityChanged.from == 0x80)
    let group = made(Transition.GroupChanged(from: .group0, to: .group1Secure)).groupChanged
    #expect(group.from == 0 && group.to == 1)
    #expect(made(Transition.TriggerChanged(isEdge: true)).triggerChanged.isEdge)
  }

  @Test func `What a constructor packs, the accessors take apart: PEs`() {
    let lines = made(Transition.CPULine(levels: [.irq, .virq], changed: .irq)).cpuLine
    #expect(lines.levels == [.irq, .virq] && lines.changed == .irq)
    let mask = made(Transition.PriorityMask(0xF0, before: 0xFF)).priorityMask
    #expect(mask.mask == 0xF0 && mask.before == 0xFF)
    let groups = made(Transition.GroupEnables(enabled: 0b100, known: 0b101)).groupEnables
    #expect(groups.enabled == 0b100 && groups.known == 0b101)
    #expect(made(Transition.Sleep(isAsleep: true)).sleep.isAsleep)
    #expect(made(Transition.LPIsEnabled(isEnabled: true)).lpisEnabled.isEnabled)
    let mode = made(Transition.EndMode(nonSecure: false, secure: true)).endMode
    #expect(!mode.nonSecure && mode.secure && mode.bits == 2)
    #expect(made(Transition.SGISent(target: 4)).sgiSent.target == 4)
    let sgi = made(Transition.SGIWritten(targets: 5, isLegacy: false, sender: 0x100, value: 1 << 48 | 3)).sgiWritten
    #expect(sgi.targets == 5 && !sgi.isLegacy && sgi.sender == 0x100 && sgi.value == 1 << 48 | 3 && !sgi.namesNobody)
    #expect(made(Transition.SGIWritten(targets: 0, isLegacy: true, value: 0x100_8003)).sgiWritten.namesNobody)
  }

  @Test func `What a constructor packs, the accessors take apart: ITS`() {
    let key: UInt64 = 8 << 32 | 5
    #expect(made(Transition.MSI(message: key)).msi.deviceID == 8)
    #expect(made(Transition.Fault(.unmappedEvent, message: key)).itsFault.fault == .unmappedEvent)
    let error = ITSError.idOutOfRange.code(ITSOpcode.mapti)
    let command = made(
      Transition.Command(opcode: ITSOpcode.mapti, error: error, deviceID: 8, eventID: 5)
    ).itsCommand
    #expect(command.opcode == ITSOpcode.mapti && command.error == error && command.message == key)
    #expect(made(Transition.Mapping(message: key, isMapped: true)).mapping.isMapped)
    let collection = made(Transition.Collection(icid: 3, its: 2)).collection
    #expect(collection.icid == 3 && collection.its == 2)
    let enabled = made(Transition.ITSEnabled(isEnabled: true, its: 2)).itsEnabled
    #expect(enabled.isEnabled && enabled.its == 2)
    let waiting = made(Transition.CommandsWaiting(its: 1, reader: 0x21, writer: 0x40), priority: 1).commandsWaiting
    #expect(waiting.its == 1 && waiting.reader == 0x21 && waiting.writer == 0x40 && waiting.isStalled)
    let walk = TableWalk(opcode: ITSOpcode.movi, its: 3, owner: 1, target: 2, reads: [.device, .event])
    #expect(made(Transition.Walk(walk, message: key)).tableWalk.walk == walk)
    let read = made(Transition.TableRead(id: 7, table: .vPE, its: 3, isValid: true)).tableRead
    #expect(read.id == 7 && read.table == .vPE && read.its == 3 && read.isValid)
  }

  @Test func `What a constructor packs, the accessors take apart: guests and the capture`() {
    let list = made(Transition.ListRegister(index: 3, value: 0x10, isSaved: true)).listRegister
    #expect(list.index == 3 && list.value == 0x10 && list.isSaved)
    let end = made(Transition.VirtualEnd(index: Transition.VirtualEnd.unlisted, deactivates: true))
    #expect(end.virtualEndOfInterrupt.isUnlisted && end.virtualEndOfInterrupt.deactivates)
    #expect(end.listRegister.index == end.virtualEndOfInterrupt.index)
    let maintenance = made(Transition.Maintenance(isRaised: true, status: 3)).maintenance
    #expect(maintenance.isRaised && maintenance.status == 3)
    #expect(made(Transition.Overflow(isActive: true)).lrOverflow.isActive)
    let interface = made(Transition.VirtualInterfaceSwitch(control: 9, listRegisters: 4)).virtualInterface
    #expect(interface.control == 9 && interface.listRegisters == 4)
    let control = made(Transition.VirtualControl(bits: 0x2F0, known: 0x3FF)).virtualControl
    #expect(control.bits == 0x2F0 && control.known == 0x3FF)
    let residency = made(Transition.Residency(pendingTable: 0x1000, isPending: true)).residency
    #expect(residency.pendingTable == 0x1000 && residency.isPending)
    let outcome = made(Transition.GuestOutcome(isPending: true, isActive: true, rule: 4)).guestOutcome
    #expect(outcome.isPending && outcome.isActive && outcome.rule == 4)
    let prediction = made(Transition.Prediction(check: 6, expected: 1, seen: 2), priority: 6).prediction
    #expect(prediction.check == 6 && prediction.expected == 1 && prediction.seen == 2)
    #expect(made(Transition.Begin(isReset: true)).begin.isReset)
    let gap = made(Transition.Gap(lost: 5, reason: 1)).gap
    #expect(gap.lost == 5 && gap.reason == 1)
  }
}
