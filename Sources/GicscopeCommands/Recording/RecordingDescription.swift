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
    let file = try OutputFile(path: folder + "/" + RecordingFolder.descriptionName)
    try file.write(json.text)
    try file.commit()
  }

  private var json: JSONValue {
    let conclusions = Conclusion.all(plan, choice)
    func texts(_ isPossible: Bool) -> JSONValue {
      .array(conclusions.filter { $0.isPossible == isPossible }.map { .string($0.text) })
    }
    return [
      "schema": 1, "command": "record",
      "recording": [
        "release": .string(plan.kernel.release), "clock": .string(options.clock),
        "buffer_kib": .number(UInt64(options.buffer)), "events": .array(plan.events.map { .string($0) }),
        "probes": .array(choice.all.map { .string($0.definition) }), "shown": texts(true), "not_shown": texts(false),
        "guests": .array(guests.map(Self.json)), "end": .string(end),
      ],
    ]
  }

  private static func json(_ guest: GuestProcess) -> JSONValue {
    [
      "process": .number(UInt64(guest.process)), "name": .string(guest.name),
      "threads": .array(
        guest.threads.map { ["thread": .number(UInt64($0.number)), "name": .string($0.name)] }),
    ]
  }
}
