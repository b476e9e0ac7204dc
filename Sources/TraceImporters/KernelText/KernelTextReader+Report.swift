import InterruptTrace

/// What the lines as a whole tell.
extension KernelTextReader {
  /// Adds it.
  func report(into statistics: inout ImportStatistics) {
    statistics.records = lines &- counts.others
    unused.report(into: &statistics)
    statistics.note(
      "times of a clock that counts", count: counts.wholeTimes,
      example: "the trace clock is no time (counter, x86-tsc): its counts are taken for ns; record with -C mono",
      position: "before line \(lines)")
    statistics.note(
      "wrapped lines, put together again", count: counts.wrapped,
      example: "the text was wrapped at a blank, as mail programs do; attach the file instead of pasting it",
      position: "line \(counts.firstWrapped)")
    statistics.note(
      "KVM events of an x86 machine", count: counts.foreign,
      example: "they are not read: only KVM on ARM is modelled; handlers, IPIs and softirqs of this capture are used",
      position: "before line \(lines)")
    if counts.guestPasses == 0, counts.besideGuests > 0 {
      statistics.note(
        "events around guests, but no entry or exit", count: counts.besideGuests,
        example:
          "perf script leaves out what was recorded while a CPU was in a guest, unless it is given --guestmount / "
          + "(and perf record needs -e 'kvm:*')",
        position: "before line \(lines)")
    }
    statistics.note(
      "KVM events without a thread", count: counts.withoutThread,
      example: "which vCPU they are about is not known; record or print the thread too (perf script -F +tid)",
      position: "before line \(lines)")
    statistics.note(
      "events without a time", count: counts.timeless,
      example: "function_graph prints none; set options/funcgraph-abstime, or use trace-cmd report",
      position: "before line \(lines)")
    if counts.used == decoder.idle.count, counts.foreign == 0, lines > 0, stop == nil {
      KernelDecoder.noteNothingKnown(
        &statistics, "perf script has to print the event's name (-F +event), trace-cmd record KVM's events (-e kvm)",
        "before line \(lines)")
    }
    decoder.report(into: &statistics, records: lines, unit: "line")
  }

  /// What tools print between events: the number of CPUs, which of them are empty, marks of perf's, callers of an event,
  /// calls of the function_graph tracer, what bpftrace says of itself.
  func isExpected(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var at = start
    KernelLine.skipQuoteMarks(&at, end)
    let marks: [StaticString] = ["cpus=", "version = ", "PERF_RECORD_FINISHED_ROUND", "Attaching ", "Attached ", "@"]
    for mark in marks {
      var scanner = TextScanner(at, end)
      if scanner.skip(mark) { return true }
    }
    var scanner = TextScanner(at, end)
    if scanner.skip("CPU "), scanner.decimal() != nil { return scanner.skip(" is empty") }
    if KernelLine.isGraph(start, end) { return true }
    // `\tffffccc2c3d1a2b4 kvm_arch_vcpu_ioctl_run+0x10 ([kernel.kallsyms])`
    var address: UInt64 = 0
    let first = at
    guard at > start, Digits.readHex(&at, into: &address), at - first >= 6, at < end else { return false }
    return Digits.byte(at) == 0x20
  }
}
