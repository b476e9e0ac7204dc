import InterruptTrace

extension KernelInterruptAnalyzer {
  /// What was found so far.
  var activity: KernelActivity {
    var activity = KernelActivity()
    activity.handlers = handlers
    if filter?.intids == nil {
      activity.ipis = ipis.rows.filter { includes($0.domain, $0.pe) }.map { row in
        .init(
          domain: row.domain, reason: names.reason(domain: row.domain, row.number), pe: row.pe, raised: row.raised,
          entered: row.entered, merged: row.merged, raiseToEntry: row.raiseToEntry.distribution, idle: row.idle,
          handler: row.durations.distribution)
      }.sorted { ($0.domain, $0.reason, $0.pe) < ($1.domain, $1.reason, $1.pe) }
      activity.softirqs = softirqs.rows.filter { includes($0.domain, $0.pe) }.map { row in
        .init(
          domain: row.domain, vector: row.number, pe: row.pe, raised: row.raised, entered: row.entered,
          merged: row.merged, raiseToEntry: row.raiseToEntry.distribution, run: row.durations.distribution)
      }.sorted { ($0.domain, $0.vector, $0.pe) < ($1.domain, $1.vector, $1.pe) }
    }
    activity.pes = peTimes
    activity.tasks = tasks
    activity.overTime = KernelActivity.Stage.allCases.compactMap { stage in
      let series = series[stage.rawValue]
      return series.spans.isEmpty ? nil : .init(stage: stage, series: series)
    }
    activity.exitsWithoutEntry = exitsWithoutEntry
    activity.unlisted = unlisted
    return activity
  }

  private func includes(_ domain: UInt16, _ pe: UInt32) -> Bool {
    if let only = filter?.domain, only != domain { return false }
    return filter?.pes?.contains(pe) ?? true
  }

  private func includes(_ line: KernelLineRow) -> Bool {
    guard includes(line.domain, line.pe) else { return false }
    guard let intids = filter?.intids else { return true }
    return line.intid.map(intids.contains) ?? false
  }

  /// Lines that no handler handled, some of their interrupts.
  var unhandledLines: [KernelLineRow] { countedLines.filter { $0.unhandled > 0 } }

  /// Lines with their last interrupts, whose other handlers may have run no more.
  private var countedLines: [KernelLineRow] {
    let open = unhandledNow
    return lines.rows.enumerated().filter { includes($0.element) }.map { place, line in
      var line = line
      if let moment = open[Int32(place)] { line.countUnhandled(moment) }
      return line
    }
  }

  private var handlers: [KernelActivity.Handler] {
    countedLines.map { line in
      KernelActivity.Handler(
        domain: line.domain, irq: line.irq, intid: line.intid,
        actions: line.actions.map { place in
          let row = actions[place]
          return .init(
            name: names.handler(domain: line.domain, irq: line.irq, row.name), runs: row.runs,
            unhandled: row.unhandled, durations: row.durations.distribution)
        },
        pe: line.pe, interrupts: line.interrupts,
        unhandledInterrupts: line.unhandled,
        between: line.between.distribution)
    }.sorted { ($0.domain, $0.irq, $0.pe) < ($1.domain, $1.irq, $1.pe) }
  }

  /// Lines whose last interrupt no handler has handled, with where that showed.
  private var unhandledNow: [Int32: Moment] {
    var found: [Int32: Moment] = [:]
    contexts.forEach { context in
      if context.pointee.line >= 0, context.pointee.unhandled.event != .max {
        found[context.pointee.line] = context.pointee.unhandled
      }
    }
    return found
  }

  private var peTimes: [KernelActivity.PETime] {
    let length = Double(lastTime - min(firstTime ?? 0, lastTime))
    return times.all.compactMap { domain, pe in
      guard includes(domain, pe), let time = times.find(domain: domain, pe: pe)?.pointee, time.isShown else {
        return nil
      }
      let share = length > 0 ? Double(time.hardirq &+ time.softirq) / length : 0
      return .init(domain: domain, pe: pe, hardirq: time.hardirq, softirq: time.softirq, share: share)
    }
  }

  private var tasks: [KernelActivity.Task] {
    threads.rows.filter { $0.interrupts + $0.softirqs > 0 && (filter?.domain ?? $0.domain) == $0.domain }.map { row in
      .init(
        domain: row.domain, thread: row.thread, name: row.thread.map { names.thread(domain: row.domain, $0) } ?? "",
        interrupts: row.interrupts, softirqs: row.softirqs, hardirq: row.hardirq, softirq: row.softirq)
    }.sorted { left, right in
      let (a, b) = (left.hardirq &+ left.softirq, right.hardirq &+ right.softirq)
      return a != b ? a > b : (left.domain, left.thread ?? .max) < (right.domain, right.thread ?? .max)
    }
  }
}
