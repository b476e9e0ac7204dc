import Glibc
import HostRecorder
import InterruptTrace

/// `gicscope record --live`: a host is traced and analysed at once, and nothing is written.
struct LiveRecording {
  private let plan: ProbePlan
  private let files: RootedFiles
  private let options: Recorder.Options
  private let isQuiet: Bool

  init(_ plan: ProbePlan, _ files: RootedFiles, options: Recorder.Options, isQuiet: Bool) {
    self.plan = plan
    self.files = files
    self.options = options
    self.isQuiet = isQuiet
  }

  /// Traces until a signal comes, and prints the report.
  func run() throws {
    let lock = try RecordingLock(files)
    defer { lock.release() }
    InputStop.onSignals()
    let tracing = LiveTracing(plan, files)
    do {
      let text = try tracing.start(options)
      if !isQuiet { StandardError.write(PlanText.brief(plan, tracing.choice)) }
      // The trace is what analyze reads as standard input.
      dup2(text, STDIN_FILENO)
      close(text)
      let map = files.place("/proc/interrupts")
      let words = ["-", "--live"] + (access(map, R_OK) == 0 ? ["--irq-map", map] : []) + (isQuiet ? ["--quiet"] : [])
      try AnalyzeCommand.parse(words).run()
    } catch {
      try? tracing.finish()
      throw error
    }
    try tracing.finish()
  }
}
