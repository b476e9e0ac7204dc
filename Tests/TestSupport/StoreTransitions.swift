import Foundation
import GICModel
import LPIStore
import Replay
import TraceImporters

/// What identifies each transition of the bundled capture that exercises the ITS most, replayed on a store; nil is the
/// default.
public func transitions(on store: LPIStoreKind?) throws -> [[UInt64]] {
  let capture = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Traces/its-and-preemption/trace.log.xz").standardized
  var options = ReplayOptions()
  options.controller.lpiStore = store
  let engine = ReplayEngine(source: try openTrace(paths: [capture.path]), options: options)
  var all: [[UInt64]] = []
  try engine.run { batch in
    for one in batch.transitions {
      all.append([one.event, UInt64(one.kind.rawValue), UInt64(one.pe), UInt64(one.intid), one.a, one.b])
    }
  }
  return all
}
