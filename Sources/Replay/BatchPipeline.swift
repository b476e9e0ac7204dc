import Glibc
import InterruptTrace

/// A few batches that one thread fills from an ``EventSource`` while another works on them in order.
///
/// Nothing is allocated per batch. Without a thread the batches are filled when they are asked for.
final class BatchPipeline: @unchecked Sendable {
  private let source: any EventSource
  private let threaded: Bool
  private let depth: Int
  private let ring: UnsafeMutablePointer<EventBatch>
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  // Guarded by `lock`.
  private var filled = 0
  private var finished = false
  private var cancelled = false
  private var failure: TraceError?
  private var latestStatistics: ImportStatistics
  // Used by the taking thread only.
  private var started = false
  private var taken = false
  private var head = 0
  /// Called by the taking thread about twice a second while it waits for a batch.
  var onIdle: (() -> Void)?

  init(source: any EventSource, threaded: Bool, depth: Int, batchCapacity: Int) {
    self.source = source
    self.threaded = threaded
    self.depth = threaded ? max(depth, 2) : 1
    ring = .allocate(capacity: self.depth)
    for i in 0..<self.depth { (ring + i).initialize(to: EventBatch(capacity: batchCapacity)) }
    lock = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
    latestStatistics = source.statistics
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
    ring.deinitialize(count: depth)
    ring.deallocate()
  }

  /// What was read, skipped and wrong in the batches read so far.
  var statistics: ImportStatistics {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return latestStatistics
  }

  /// Gives back the batch taken last and takes the next one; nil at the end of the capture. The error of a source
  /// comes after all batches that were read before it.
  func next() throws(TraceError) -> UnsafeBufferPointer<Event>? {
    guard threaded else { return try fillAndTake() }
    if !started {
      started = true
      startThread()
    }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if taken {
      taken = false
      filled -= 1
      head = (head + 1) % depth
      pthread_cond_broadcast(changed)
    }
    while filled == 0 && !finished { waitForChange() }
    if filled > 0 {
      taken = true
      return ring[head].events
    }
    if let failure { throw failure }
    return nil
  }

  /// Waits until the filling thread did something, for at most half a second where somebody wants to know that it did not.
  private func waitForChange() {
    guard let onIdle else {
      pthread_cond_wait(changed, lock)
      return
    }
    let end = monotonicNanoseconds() + 500_000_000
    var limit = timespec(tv_sec: Int(end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
    guard pthread_cond_timedwait(changed, lock, &limit) == ETIMEDOUT else { return }
    pthread_mutex_unlock(lock)
    onIdle()
    pthread_mutex_lock(lock)
  }

  /// Lets the filling thread end after the read that it is in.
  func cancel() {
    pthread_mutex_lock(lock)
    cancelled = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }

  private func fillAndTake() throws(TraceError) -> UnsafeBufferPointer<Event>? {
    if let failure { throw failure }
    if finished { return nil }
    do {
      let count = try source.read(into: &ring[0])
      latestStatistics = source.statistics
      finished = count == 0
      return finished ? nil : ring[0].events
    } catch {
      latestStatistics = source.statistics
      failure = error
      throw error
    }
  }

  private func startThread() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let status = pthread_create(
      &thread, nil, { Unmanaged<BatchPipeline>.fromOpaque($0!).takeRetainedValue().fill() }, context)
    guard status == 0 else {
      Unmanaged<BatchPipeline>.fromOpaque(context).release()
      failure = .unreadable(path: "reader thread", reason: String(cString: strerror(status)))
      finished = true
      return
    }
    pthread_detach(thread)
  }

  private func fill() -> UnsafeMutableRawPointer? {
    var tail = 0
    while true {
      pthread_mutex_lock(lock)
      while filled == depth && !cancelled { pthread_cond_wait(changed, lock) }
      let stop = cancelled
      pthread_mutex_unlock(lock)
      if stop { return nil }

      var count = 0
      var error: TraceError?
      do { count = try source.read(into: &ring[tail]) } catch let thrown { error = thrown }
      let statistics = source.statistics

      pthread_mutex_lock(lock)
      latestStatistics = statistics
      failure = error
      finished = count == 0
      if count > 0 { filled += 1 }
      let done = finished
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(lock)
      if done { return nil }
      tail = (tail + 1) % depth
    }
  }
}
