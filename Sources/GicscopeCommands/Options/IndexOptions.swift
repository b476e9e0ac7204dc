import ArgumentParser
import InterruptTrace
import Replay

/// Whether a replay may start in the middle of a capture.
struct IndexOptions: ParsableArguments {
  @Flag(
    help: """
      Keep an index of the capture in the user's cache directory, and start near the place that is asked for. The first \
      run reads the whole capture, later ones hardly any of it. For native captures, bare or in LZ4.
      """)
  var index = false

  /// A replay that was set up, and the gaps of the capture that it has left out.
  struct Start {
    var engine: ReplayEngine
    var progress: ProgressLine
    var gaps: UInt64 = 0
  }

  /// Opens the capture and sets up its replay, with `--index` from the checkpoint that `choose` takes.
  func start(
    _ trace: TraceOptions, window: ReplayWindow = ReplayWindow(), configure: (inout ReplayOptions) -> Void = { _ in },
    choose: (ReplayIndex) -> ReplayCheckpoint?
  ) throws -> Start {
    if index, let start = try resume(trace, window, configure, choose) { return start }
    let (engine, progress) = try trace.engine(window: window, configure: configure)
    return Start(engine: engine, progress: progress)
  }

  private func resume(
    _ trace: TraceOptions, _ window: ReplayWindow, _ configure: (inout ReplayOptions) -> Void,
    _ choose: (ReplayIndex) -> ReplayCheckpoint?
  ) throws -> Start? {
    var options = try trace.replayOptions()
    guard trace.trace.count == 1, !trace.live, let place = CaptureIndex.Place(capture: trace.path, options),
      let source = try trace.open() as? NativeTraceReader, source.canSeek
    else {
      let remark = "gicscope: \(trace.path.printable): --index is for native captures in files\n"
      if !trace.quiet { StandardError.write(remark) }
      return nil
    }
    guard let index = try CaptureIndex.open(place, source, options, trace.progressLine()),
      let checkpoint = choose(index), let resumed = try trace.open() as? NativeTraceReader,
      resumed.resume(atRecord: checkpoint.records, isEnd: checkpoint.isEnd)
    else { return nil }
    options.window = window
    configure(&options)
    let engine = ReplayEngine(source: resumed, options: options)
    guard engine.resume(from: checkpoint, in: index) else { return nil }
    let progress = trace.progressLine()
    progress.follow(engine)
    return Start(engine: engine, progress: progress, gaps: checkpoint.gaps)
  }
}
