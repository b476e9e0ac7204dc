import Analyzers
import Replay

/// A file that is written while a capture is analysed: a database, a timeline, a table of interrupts.
///
/// The analysis calls ``consume(_:)`` for each batch, then ``consume(lives:)`` for the interrupts that came to their
/// close in it, and ``finish(_:)`` once, at the end.
public protocol AnalysisOutput: AnyObject {
  /// Takes in a batch. What lies before the window comes too; see ``ReplayBatch/isReported``.
  func consume(_ batch: ReplayBatch) throws
  /// Takes in lives that have come to their close.
  func consume(lives: UnsafeBufferPointer<InterruptLife>) throws
  /// Writes what is known only at the end.
  func finish(_ report: AnalysisReport) throws
}
