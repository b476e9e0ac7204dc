import HostRecorder
import InterruptTrace
import Reports
import TraceImporters

/// `recording.json`: what was recorded, where and how.
struct RecordingDescription {
  var plan: ProbePlan
  var choice: ProbeChoice
  var options: Recorder.Options
  var guests: [GuestProcess] = []
  /// How the recording ended; empty while it goes on.
  var end = ""

  /// Writes it into the recording's folder.
  func write(into folder: String) throws(OutputError) {
    try OutputFile.write(json.jsonText, to: folder + "/" + RecordingFolder.descriptionName)
  }

  private var json: ValueTree {
    let conclusions = Conclusion.all(plan, choice)
    func texts(_ isPossible: Bool) -> ValueTree {
      .list(conclusions.filter { $0.isPossible == isPossible }.map { .text($0.text) })
    }
    return [
      "schema": 1, "command": "record",
      "recording": [
        "release": .text(plan.kernel.release), "clock": .text(options.clock),
        "buffer_kib": .number(UInt64(options.buffer)), "events": .list(plan.events.map { .text($0) }),
        "probes": .list(choice.all.map { .text($0.definition) }), "shown": texts(true), "not_shown": texts(false),
        "guests": .list(guests.map(Self.json)), "end": .text(end),
      ],
    ]
  }

  private static func json(_ guest: GuestProcess) -> ValueTree {
    [
      "process": .number(UInt64(guest.process)), "name": .text(guest.name),
      "threads": .list(
        guest.threads.map { ["thread": .number(UInt64($0.number)), "name": .text($0.name)] }),
    ]
  }
}
